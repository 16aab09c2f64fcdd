import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { cn } from "../../../lib/cn";
import { diff } from "./diff";

/** What went out of a text and what came into it, in place. Struck and underlined, not only coloured. */
export function DiffView({ before, after, className }: { before: string; after: string; className?: string }) {
  const { t } = useTranslation();
  const pieces = useMemo(() => diff(before, after), [before, after]);
  return (
    <div role="group" aria-label={t("conversations.diff.label")} className={cn("leading-relaxed break-words whitespace-pre-wrap select-text", className)}>
      {pieces.map(({ kind, text }, index) => {
        if (kind === "same") return <span key={index}>{text}</span>;
        if (kind === "gone") return <del key={index} className="rounded-sm bg-bad-soft text-bad decoration-bad">{text}</del>;
        return <ins key={index} className="rounded-sm bg-good-soft text-good decoration-good">{text}</ins>;
      })}
    </div>
  );
}
