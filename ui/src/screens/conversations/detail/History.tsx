import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { cn } from "../../../lib/cn";
import { ErrorState } from "../../../parts/ErrorState";
import { RelativeTime } from "../../../parts/RelativeTime";
import { Skeleton } from "../../../parts/Skeleton";
import { readings } from "../queries";
import type { Deed } from "../types";

/** Everything that was done to the conversation, the last first. */
export function History({ id }: { id: number }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(readings.history(id));
  const words = useDeedWords();
  if (error) return <ErrorState title={t("conversations.failed.history")} error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton lines={5} className="m-3 h-5" />;
  if (data.length === 0) return <p className="p-6 text-center text-muted">{t("conversations.history.none")}</p>;
  return (
    <ol tabIndex={0} aria-label={t("conversations.tab.history")} className="min-h-0 flex-1 overflow-y-auto p-3 outline-offset-[-2px]">
      {data.map((entry) => (
        <li key={entry.batch} className="flex min-h-9 items-center gap-3 border-b border-line/70 px-1 last:border-0">
          <span className={cn("min-w-0 flex-1 break-words", entry.undone && "text-muted line-through")}>{words(entry.what)}</span>
          {entry.undone && <span className="text-xs text-muted">{t("conversations.history.undone")}</span>}
          {entry.threads > 1 && <span className="text-xs text-muted">{t("conversations.history.with", { count: entry.threads - 1 })}</span>}
          <RelativeTime at={entry.at_ms} className="shrink-0 text-xs text-muted" />
        </li>
      ))}
    </ol>
  );
}

/** What was done, in words. */
function useDeedWords(): (deed: Deed) => string {
  const { t } = useTranslation();
  return (deed) => {
    if (deed.deed !== "changed") return t(`conversations.deed.${deed.deed}`);
    const { state, rating, note, add_tags = [], remove_tags = [] } = deed.change;
    const parts = [
      state && t(`conversations.state.${state}`),
      rating != null && (rating === 0 ? t("conversations.deed.unrated") : t("conversations.row.rating", { count: rating })),
      note != null && (note === "" ? t("conversations.deed.unnoted") : t("conversations.deed.noted", { note })),
      add_tags.length > 0 && t("conversations.deed.tagged", { tags: add_tags.join(", ") }),
      remove_tags.length > 0 && t("conversations.deed.untagged", { tags: remove_tags.join(", ") }),
    ];
    return parts.filter(Boolean).join(" · ");
  };
}
