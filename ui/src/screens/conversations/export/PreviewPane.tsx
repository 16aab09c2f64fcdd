import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { formatNumber } from "../../../lib/format";
import { useSettled } from "../../../lib/hooks";
import { CodeBlock } from "../../../parts/CodeBlock";
import { ErrorState } from "../../../parts/ErrorState";
import { Notice } from "../../../parts/Notice";
import { Skeleton } from "../../../parts/Skeleton";
import { JsonView } from "../../requests/JsonView";
import { readings } from "../queries";
import type { Preview, Spec } from "../types";

/** What an export would write, and what it would leave out and why. Nothing is written for it. */
export function PreviewPane({ spec, wrong }: { spec: Spec; wrong: boolean }) {
  const { t } = useTranslation();
  const settled = useSettled(JSON.stringify(spec), 400);
  const { data, error, isFetching, refetch } = useQuery({
    ...readings.preview(JSON.parse(settled) as Spec),
    enabled: !wrong,
    placeholderData: (before) => before,
  });
  return (
    <section aria-label={t("conversations.export.preview")} aria-busy={isFetching} className="flex flex-col gap-3">
      <h3 className="text-sm font-medium">{t("conversations.export.preview")}</h3>
      {error && !isFetching ? (
        <ErrorState compact title={t("conversations.failed.preview")} error={error} onRetry={() => void refetch()} />
      ) : data ? (
        <div className={isFetching ? "opacity-60" : ""}>
          <Shown preview={data} />
        </div>
      ) : (
        <Skeleton lines={6} className="h-5" />
      )}
    </section>
  );
}

function Shown({ preview }: { preview: Preview }) {
  const { t } = useTranslation();
  const { tally, would_write, examples, first } = preview;
  const dropped = Object.entries(tally.dropped).filter(([, count]) => count > 0);
  const gone = dropped.reduce((sum, [, count]) => sum + count, 0);
  const redactions = Object.entries(tally.redactions);
  const parts = Object.entries(tally.rows).filter(([, count]) => count > 0);
  return (
    <div className="flex flex-col gap-3">
      <dl className="grid grid-cols-3 gap-2">
        <Count label={t("conversations.export.count.read")} value={tally.conversations} />
        <Count label={t("conversations.export.count.written")} value={would_write} tone="text-good" />
        <Count label={t("conversations.export.count.dropped")} value={gone} tone={gone > 0 ? "text-warn" : ""} />
      </dl>
      {parts.length > 1 && (
        <p className="text-sm text-muted">{parts.map(([part, count]) => `${t(`conversations.export.part.${part as "train"}`)} ${formatNumber(count)}`).join(" · ")}</p>
      )}
      {redactions.length > 0 && (
        <p className="text-sm text-muted">
          {t("conversations.export.redactions")} {redactions.map(([kind, count]) => `${t(`conversations.sensitive.${kind as "email"}`, { defaultValue: kind })} ${formatNumber(count)}`).join(" · ")}
        </p>
      )}
      {tally.conversations === 0 && <Notice tone="warn">{t("conversations.export.empty")}</Notice>}
      {dropped.length > 0 && (
        <ul className="flex flex-col gap-1">
          {dropped.map(([code, count]) => (
            <li key={code}>
              <details className="rounded-md border border-line">
                <summary className="flex min-h-8 items-center gap-2 rounded-md px-2.5 text-sm outline-offset-[-2px] hover:bg-hover">
                  <span className="min-w-0 flex-1">{t(`conversations.dropped.${code as "E_EMPTY"}`, { defaultValue: code })}</span>
                  <code className="text-xs text-muted">{code}</code>
                  <span className="tabular font-medium text-warn">{formatNumber(count)}</span>
                </summary>
                <div className="flex flex-col gap-2 px-2.5 pb-2.5">
                  {(examples[code] ?? []).map((one) => (
                    <CodeBlock key={one.id} label={`#${one.id} · ${one.detail}`} code={one.sample} wrap className="[&_figcaption]:font-normal [&_pre]:max-h-32 [&_pre]:text-xs" />
                  ))}
                </div>
              </details>
            </li>
          ))}
        </ul>
      )}
      {first.length > 0 && (
        <div>
          <h4 className="mb-1.5 text-sm text-muted">{t("conversations.export.first")}</h4>
          <div tabIndex={0} role="region" aria-label={t("conversations.export.first")} className="max-h-72 overflow-auto rounded-md border border-line bg-sunken p-2 font-mono text-xs select-text">
            {first.map((row, index) => (
              <JsonView key={index} value={row} open={index === 0} />
            ))}
          </div>
        </div>
      )}
    </div>
  );
}

function Count({ label, value, tone = "" }: { label: string; value: number; tone?: string }) {
  return (
    <div className="rounded-md border border-line bg-sunken px-3 py-2">
      <dt className="truncate text-xs text-muted">{label}</dt>
      <dd className={`tabular text-lg font-semibold ${tone}`}>{formatNumber(value)}</dd>
    </div>
  );
}
