import { ChevronLeft, ChevronRight, GitCompareArrows, ThumbsUp, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../../parts/Button";
import { IconButton } from "../../../parts/IconButton";
import type { Alternative, Pair, Turn } from "../types";
import { DiffView } from "./DiffView";
import { plainText } from "./edit";
import { Fold } from "./Fold";
import { Parts } from "./Parts";

interface Props {
  turn: Turn;
  alternatives: readonly { one: Alternative; which: number }[];
  /** Puts another answer in the place of this one. */
  onUse: (which: number) => void;
  /** Keeps another answer as better than this one, or this one as better. */
  onPrefer: (chosen: Turn, rejected: Turn) => void;
}

/** Other answers to the same turns, one after another. */
export function Alternatives({ turn, alternatives, onUse, onPrefer }: Props) {
  const { t } = useTranslation();
  const [at, setAt] = useState(0);
  const shown = alternatives[Math.min(at, alternatives.length - 1)];
  if (!shown) return null;
  const count = alternatives.length;
  return (
    <section aria-label={t("conversations.other.title")} className="mt-2 rounded-md border border-dashed border-edge/70 px-2.5 pt-1 pb-2">
      <header className="flex min-h-8 flex-wrap items-center gap-1">
        <h4 className="mr-auto text-xs font-medium text-muted">{t("conversations.other.which", { at: Math.min(at, count - 1) + 1, count })}</h4>
        {count > 1 && (
          <>
            <IconButton icon={ChevronLeft} label={t("conversations.other.before")} onClick={() => setAt((at + count - 1) % count)} />
            <IconButton icon={ChevronRight} label={t("conversations.other.next")} onClick={() => setAt((at + 1) % count)} />
          </>
        )}
        <Button size="sm" look="ghost" onClick={() => onUse(shown.which)}>
          <GitCompareArrows aria-hidden />
          {t("conversations.other.use")}
        </Button>
        <Button size="sm" look="ghost" onClick={() => onPrefer(shown.one.turn, turn)}>
          <ThumbsUp aria-hidden />
          {t("conversations.other.prefer")}
        </Button>
        <Button size="sm" look="ghost" onClick={() => onPrefer(turn, shown.one.turn)}>
          {t("conversations.other.preferThis")}
        </Button>
      </header>
      <Parts parts={shown.one.turn.parts} role="assistant" marks={[]} plain={false} />
    </section>
  );
}

/** Pairs of a better and a worse answer that were made here. */
export function Pairs({ pairs, onRemove }: { pairs: readonly Pair[]; onRemove: (id: number) => void }) {
  const { t } = useTranslation();
  return (
    <div className="mt-2 flex flex-col gap-1.5">
      {pairs.map((pair) => (
        <Fold key={pair.id} icon={ThumbsUp} tone="text-good" title={t("conversations.pair.title")} note={plainText(pair.chosen).replace(/\s+/g, " ").slice(0, 120)}>
          <p className="text-xs text-muted">{t("conversations.pair.text")}</p>
          <DiffView before={plainText(pair.rejected)} after={plainText(pair.chosen)} className="max-h-64 overflow-auto" />
          <div className="flex justify-end">
            <Button size="sm" look="ghost" onClick={() => onRemove(pair.id)}>
              <Trash2 aria-hidden />
              {t("conversations.pair.remove")}
            </Button>
          </div>
        </Fold>
      ))}
    </div>
  );
}
