import { useTranslation } from "react-i18next";

import { cn } from "../lib/cn";
import { useLasting } from "../lib/hooks";

/** Grey bars in the place of what is still being read, after a moment; what comes quickly never shows them. */
export function Skeleton({ lines = 1, className }: { lines?: number; className?: string }) {
  const { t } = useTranslation();
  const shown = useLasting(true);
  return (
    <div role="status" className={cn("flex flex-col gap-2", !shown && "invisible")}>
      <span className="sr-only">{shown && t("common.loading")}</span>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} aria-hidden className={cn("h-4 animate-pulse-soft rounded bg-line", className)} />
      ))}
    </div>
  );
}
