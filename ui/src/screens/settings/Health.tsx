import { queryOptions, useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleX, type LucideIcon, RotateCw, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import type { Schemas } from "../../api/types";
import { cn } from "../../lib/cn";
import { Badge, type Tone, toneText } from "../../parts/Badge";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import { ErrorState } from "../../parts/ErrorState";
import { Skeleton } from "../../parts/Skeleton";
import { subjectTitle } from "./words";

type Finding = Schemas["Finding"];

const looks: Record<Finding["health"], { tone: Tone; icon: LucideIcon }> = {
  problem: { tone: "bad", icon: CircleX },
  warning: { tone: "warn", icon: TriangleAlert },
  good: { tone: "good", icon: CircleCheck },
};
const order: readonly Finding["health"][] = ["problem", "warning", "good"];

/** What was found is read anew when somebody comes to look, and never on its own: the check tries things out. */
const doctor = () =>
  queryOptions({
    queryKey: ["doctor"],
    queryFn: ({ signal }) => answer(client.GET("/api/doctor", { signal })),
    refetchOnMount: "always",
  });

/** Whether everything is there that Postern needs, in words, with what to do about what is not. */
export function Health() {
  const { t } = useTranslation();
  const checked = useQuery(doctor());
  const findings = checked.data?.findings;
  return (
    <Card
      title={t("settings.section.health.title")}
      actions={
        <Button size="sm" busy={checked.isFetching} onClick={() => void checked.refetch()}>
          {!checked.isFetching && <RotateCw aria-hidden />}
          {t("settings.health.again")}
        </Button>
      }
    >
      <p className="mb-3 text-sm text-muted">{t("settings.health.text")}</p>
      {checked.isPending && <Skeleton lines={8} />}
      {checked.isError && <ErrorState compact title={t("settings.health.failed")} error={checked.error} onRetry={() => void checked.refetch()} />}
      {findings && <Sum findings={findings} />}
      {findings && (
        <ul aria-busy={checked.isFetching} className="mt-3 divide-y divide-line border-t border-line">
          {[...findings].sort((a, b) => order.indexOf(a.health) - order.indexOf(b.health)).map((finding) => (
            <Line key={`${finding.subject} ${finding.message}`} finding={finding} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Sum({ findings }: { findings: readonly Finding[] }) {
  const { t } = useTranslation();
  const count = (health: Finding["health"]) => findings.filter((finding) => finding.health === health).length;
  const [problems, warnings] = [count("problem"), count("warning")];
  return (
    <p role="status" className="flex flex-wrap gap-2">
      {problems + warnings === 0 && (
        <Badge tone="good" icon={CircleCheck}>
          {t("settings.health.allGood")}
        </Badge>
      )}
      {problems > 0 && (
        <Badge tone="bad" icon={CircleX}>
          {t("settings.health.problems", { count: problems })}
        </Badge>
      )}
      {warnings > 0 && (
        <Badge tone="warn" icon={TriangleAlert}>
          {t("settings.health.warnings", { count: warnings })}
        </Badge>
      )}
    </p>
  );
}

/** The doctor speaks English, as on the command line. */
function Line({ finding }: { finding: Finding }) {
  const { t } = useTranslation();
  const { tone, icon: Icon } = looks[finding.health];
  return (
    <li className="flex gap-3 py-2.5">
      <Icon role="img" aria-label={t(`settings.health.is.${finding.health}`)} className={cn("mt-0.5 size-4 shrink-0", toneText[tone])} />
      <div className="grid min-w-0 flex-1 gap-x-6 gap-y-0.5 sm:grid-cols-[8rem_minmax(0,1fr)]">
        <span className="font-medium">{subjectTitle(finding.subject)}</span>
        <div lang="en" className="min-w-0 select-text">
          <p className="break-words">{finding.message}</p>
          {finding.remedy && <p className={cn("mt-0.5 text-sm break-words", toneText[tone])}>{finding.remedy}</p>}
        </div>
      </div>
    </li>
  );
}
