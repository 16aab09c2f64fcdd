import { CircleCheck, CircleX, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { formatNumber } from "../../../lib/format";
import { Badge } from "../../../parts/Badge";
import { Notice } from "../../../parts/Notice";
import { RelativeTime } from "../../../parts/RelativeTime";
import { Segmented } from "../../../parts/Segmented";
import { ControlLine } from "./ControlLine";
import { type Control, grouped, isNotable, type Report } from "./words";

interface Props {
  report: Report;
  /** It was made with other selectors than those in force. */
  outdated: boolean;
}

/** What a look at the page found: the sum, then control by control. */
export function PageReport({ report, outdated }: Props) {
  const { t } = useTranslation();
  const [which, setWhich] = useState<"all" | "notable">("all");
  const shown = which === "all" ? report.controls : report.controls.filter(isNotable);
  return (
    <div className="mt-4 flex flex-col gap-3">
      {report.trouble && (
        <Notice tone="bad" title={t("page.trouble")}>
          <span lang="en">{report.trouble}</span>
        </Notice>
      )}
      {outdated && <Notice tone="warn" title={t("page.outdated")} />}
      <Sum controls={report.controls} />
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="flex min-w-0 flex-wrap gap-x-4 text-sm text-muted">
          <RelativeTime at={report.checked_at * 1000} />
          {report.model && <span className="min-w-0 break-all select-text">{t("page.model", { model: report.model })}</span>}
        </p>
        <Segmented
          label={t("page.show")}
          value={which}
          onChange={setWhich}
          options={[
            { value: "all", label: t("page.all") },
            { value: "notable", label: t("page.notable") },
          ]}
        />
      </div>
      {shown.length === 0 && <p className="text-muted">{t("page.nothing")}</p>}
      {grouped(shown).map(([group, controls]) => (
        <section key={group} aria-label={t(`page.group.${group}`)}>
          <h3 className="pt-2 pb-1 font-medium">{t(`page.group.${group}`)}</h3>
          <ul className="divide-y divide-line border-y border-line">
            {controls.map((control) => (
              <ControlLine key={control.purpose} control={control} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Sum({ controls }: { controls: readonly Control[] }) {
  const { t } = useTranslation();
  const of = (fits: (control: Control) => boolean) => {
    const count = controls.filter(fits).length;
    return { count, number: formatNumber(count) };
  };
  const missing = (need: Control["need"]) => of((control) => control.sight.state === "missing" && control.need === need);
  const [required, optional] = [missing("required"), missing("optional")];
  const fallback = of(({ sight }) => sight.state === "found" && sight.rank > 0);
  const absent = of(({ sight }) => sight.state === "not_looked_for");
  return (
    <p role="status" className="flex flex-wrap gap-2">
      <Badge tone="good" icon={CircleCheck}>{t("page.sum.found", of(({ sight }) => sight.state === "found"))}</Badge>
      {required.count > 0 && <Badge tone="bad" icon={CircleX}>{t("page.sum.required", required)}</Badge>}
      {optional.count > 0 && <Badge tone="warn" icon={TriangleAlert}>{t("page.sum.optional", optional)}</Badge>}
      {fallback.count > 0 && <Badge tone="info">{t("page.sum.fallback", fallback)}</Badge>}
      {absent.count > 0 && <Badge>{t("page.sum.absent", absent)}</Badge>}
    </p>
  );
}
