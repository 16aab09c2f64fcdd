import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { formatBytes } from "../../lib/format";
import { CopyButton } from "../../parts/CopyButton";
import { JsonView } from "./JsonView";

/** The body of a request as it came, folded; or why it is not there. */
export function RequestBody({ body }: { body: string | null | undefined }) {
  const { t } = useTranslation();
  const parsed = useMemo(() => parse(body), [body]);
  return (
    <section>
      <div className="mb-2 flex min-h-7 items-center gap-2">
        <h3 className="text-sm font-semibold">{t("requests.body.title")}</h3>
        {body && <span className="text-xs text-muted">{formatBytes(new Blob([body]).size)}</span>}
        {body && <CopyButton text={body} what={t("requests.body.title")} className="ml-auto" />}
      </div>
      {!body && <p className="text-sm text-muted">{t("requests.body.gone")}</p>}
      {body && parsed.is === "json" && (
        <div className="rounded-md border border-line bg-sunken p-2 font-mono text-xs leading-relaxed select-text">
          <JsonView value={parsed.value} open />
        </div>
      )}
      {body && parsed.is === "text" && (
        <pre tabIndex={0} className="max-h-96 overflow-auto rounded-md border border-line bg-sunken p-2 text-xs break-words whitespace-pre-wrap select-text">
          {body.slice(0, 20_000)}
        </pre>
      )}
    </section>
  );
}

function parse(body: string | null | undefined): { is: "json"; value: unknown } | { is: "text" } {
  try {
    return { is: "json", value: JSON.parse(body ?? "") };
  } catch {
    return { is: "text" };
  }
}
