import { Pencil, RotateCw, Trash2 } from "lucide-react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";

import { formatDuration, formatNumber } from "../../lib/format";
import { Button } from "../../parts/Button";
import { CodeBlock } from "../../parts/CodeBlock";
import { CopyButton } from "../../parts/CopyButton";
import { IconButton } from "../../parts/IconButton";
import { Markdown } from "../../parts/Markdown";
import { TextArea } from "../../parts/TextInput";
import { Files } from "./Files";
import type { Bench } from "./bench";
import type { Made, Turn } from "./draft";
import { Reasoning } from "./Reasoning";
import { TurnFrame } from "./TurnFrame";

interface Props {
  turn: Turn;
  bench: Bench;
  last: boolean;
  busy: boolean;
  onTiming: () => void;
}

/** A message of the conversation. Drawn anew only when it changed, however long the conversation is. */
export const TurnCard = memo(Card, (before, after) => before.turn === after.turn && before.last === after.last && before.busy === after.busy);

function Card({ turn, bench, last, busy, onTiming }: Props) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  const shown = last ? onTiming : undefined;
  const actions = (
    <>
      {turn.text && <CopyButton text={turn.text} what={t("playground.message.text")} className="border-none" />}
      {last && turn.role === "assistant" && !turn.raw && (
        <IconButton icon={RotateCw} label={t("playground.message.again")} disabled={busy} onClick={() => void bench.again()} />
      )}
      {!turn.raw && <IconButton icon={Pencil} label={t("playground.message.edit")} disabled={busy} onClick={() => setEditing(true)} />}
      <IconButton icon={Trash2} label={t("playground.message.remove")} disabled={busy} onClick={() => bench.remove(turn.id)} />
    </>
  );
  return (
    <TurnFrame role={turn.role} note={turn.made && <MadeNote made={turn.made} onTiming={shown} />} {...(!editing && { actions })}>
      {turn.reasoning && <Reasoning text={turn.reasoning} ms={turn.made?.reasoningMs} />}
      {editing ? (
        <Editor text={turn.text} onDone={(text) => (text !== undefined && bench.change(turn.id, text), setEditing(false))} />
      ) : (
        <Content turn={turn} />
      )}
    </TurnFrame>
  );
}

function Content({ turn }: { turn: Turn }) {
  const { t } = useTranslation();
  return (
    <>
      {turn.text &&
        (turn.role === "user" ? <p className="break-words whitespace-pre-wrap select-text">{turn.text}</p> : <Markdown text={turn.text} />)}
      {turn.raw && <CodeBlock label={t("playground.message.raw")} code={JSON.stringify(turn.raw, null, 2)} wrap />}
      <Files files={turn.attachments} />
    </>
  );
}

/** How the answer came about, and what cut it. */
function MadeNote({ made, onTiming }: { made: Made; onTiming: (() => void) | undefined }) {
  const { t } = useTranslation();
  const facts = [
    made.model,
    formatDuration(made.totalMs),
    made.completionTokens !== undefined && t("playground.answer.tokens", { count: made.completionTokens, shown: formatNumber(made.completionTokens) }),
    made.warnings !== undefined && t("playground.answer.warnings", { count: made.warnings }),
    made.cut && t(`playground.cut.${made.cut}`),
  ].filter(Boolean);
  const text = facts.join(" · ");
  if (!onTiming) return text;
  return (
    <button type="button" onClick={onTiming} title={t("playground.tab.timing")} className="min-h-6 max-w-full truncate hover:text-ink hover:underline">
      {text}
    </button>
  );
}

function Editor({ text, onDone }: { text: string; onDone: (text: string | undefined) => void }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(text);
  return (
    <div className="flex flex-col gap-2">
      <TextArea
        autoFocus
        aria-label={t("playground.message.text")}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || event.nativeEvent.isComposing) return;
          event.preventDefault();
          onDone(undefined);
        }}
      />
      <div className="flex justify-end gap-2">
        <Button size="sm" onClick={() => onDone(undefined)}>
          {t("common.cancel")}
        </Button>
        <Button size="sm" look="primary" onClick={() => onDone(draft)}>
          {t("common.save")}
        </Button>
      </div>
    </div>
  );
}
