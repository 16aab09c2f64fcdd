import { RotateCw, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";

import { describeTrouble } from "../api/trouble";
import { Button } from "./Button";
import { CopyButton } from "./CopyButton";

interface Props {
  /** What could not be done, as a sentence of the page. */
  title: string;
  /** What was thrown. */
  error: unknown;
  /** Tries once more. */
  onRetry?: () => void;
  /** A line in a list or tile instead of a whole page. */
  compact?: boolean;
}

/** What went wrong, why, what to do next, and the details for a report. */
export function ErrorState({ title, error, onRetry, compact }: Props) {
  const { t } = useTranslation();
  const { why, next, details } = describeTrouble(error);
  const retry = onRetry && (
    <Button size="sm" onClick={onRetry}>
      <RotateCw aria-hidden />
      {t("common.retry")}
    </Button>
  );
  if (compact) {
    return (
      <div role="alert" className="flex flex-wrap items-center gap-x-3 gap-y-1.5 text-sm">
        <span className="min-w-0 flex-1 text-bad">{`${title} ${why}`}</span>
        {retry}
      </div>
    );
  }
  return (
    <div role="alert" className="mx-auto flex w-full max-w-xl flex-col items-start gap-2 px-6 py-10">
      <h2 className="flex items-center gap-2 text-lg font-semibold">
        <TriangleAlert className="size-5 shrink-0 text-bad" aria-hidden />
        {title}
      </h2>
      <p className="break-words select-text">{why}</p>
      {next && <p className="text-muted">{next}</p>}
      <div className="mt-2 flex flex-wrap items-center gap-2">
        {retry}
        <CopyButton text={details} what={t("common.error.details")} look="ghost">
          {t("common.error.copyDetails")}
        </CopyButton>
      </div>
      <details className="mt-1 w-full text-sm">
        <summary className="min-h-6 text-muted">{t("common.error.details")}</summary>
        <pre className="mt-1.5 overflow-auto rounded-md bg-sunken p-3 text-xs break-words whitespace-pre-wrap select-text">{details}</pre>
      </details>
    </div>
  );
}
