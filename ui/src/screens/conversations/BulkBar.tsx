import { Download, Star, Tag, Trash2, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { formatNumber } from "../../lib/format";
import { Button } from "../../parts/Button";
import { IconButton } from "../../parts/IconButton";
import { Popover } from "../../parts/Popover";
import { Toolbar } from "../../parts/Toolbar";
import { Rating } from "./detail/Rating";
import { TagInput } from "./detail/TagInput";
import { stateLooks } from "./StateMark";
import { nothing, type Review } from "./useReview";

interface Props {
  review: Review;
  /** How many match, seen or not. */
  matching: number | undefined;
  onExport: () => void;
  onDelete: () => void;
}

/** What is done with everything that is chosen. */
export function BulkBar({ review, matching, onExport, onDelete }: Props) {
  const { t } = useTranslation();
  const { choice, choose, decide, amend } = review;
  const [tagging, setTagging] = useState(false);
  const count = choice.all ? (matching ?? 0) : choice.ids.size;
  if (!choice.all && count === 0) return null;
  return (
    <div className="shrink-0 border-b border-line bg-accent-soft/50 px-3 py-2">
      <div className="flex min-h-7 flex-wrap items-center gap-x-3 text-sm">
        <span role="status" className="tabular font-medium">
          {t("conversations.bulk.chosen", { count, shown: formatNumber(count) })}
        </span>
        {!choice.all && matching !== undefined && matching > count && (
          <button type="button" className="min-h-6 text-accent hover:underline" onClick={() => choose({ ids: new Set(), all: true })}>
            {t("conversations.bulk.all", { shown: formatNumber(matching) })}
          </button>
        )}
        <IconButton icon={X} label={t("conversations.bulk.none")} onClick={() => choose(nothing)} className="ml-auto" />
      </div>
      <Toolbar label={t("conversations.bulk.title")} className="gap-1">
        {(["approved", "rejected", "later"] as const).map((state) => {
          const { icon: Icon } = stateLooks[state];
          return (
            <Button key={state} size="sm" onClick={() => void decide(state)}>
              <Icon aria-hidden />
              {t(`conversations.decide.${state}`)}
            </Button>
          );
        })}
        <Popover
          open={tagging}
          onOpenChange={setTagging}
          label={t("conversations.tag.add")}
          trigger={<IconButton icon={Tag} label={t("conversations.tag.add")} />}
        >
          <TagInput onAdd={(tag) => void amend({ add_tags: [tag] }).then(() => setTagging(false))} />
        </Popover>
        <Popover label={t("conversations.rate.title")} trigger={<IconButton icon={Star} label={t("conversations.rate.title")} />} className="w-auto">
          <Rating value={null} onChange={(rating) => void amend({ rating })} />
        </Popover>
        <IconButton icon={Download} label={t("conversations.bulk.export")} onClick={onExport} />
        <IconButton icon={Trash2} label={t("conversations.bulk.delete")} onClick={onDelete} className="hover:text-bad" />
      </Toolbar>
    </div>
  );
}
