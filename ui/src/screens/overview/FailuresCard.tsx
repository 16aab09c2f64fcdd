import { Link } from "@tanstack/react-router";
import { CircleX } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/types";
import { Badge } from "../../parts/Badge";
import { Card } from "../../parts/Card";
import { RelativeTime } from "../../parts/RelativeTime";

/** What failed lately, cause by cause; each leads to the newest request of its kind. */
export function FailuresCard({ failures }: { failures: readonly Schemas["FailureGroup"][] }) {
  const { t } = useTranslation();
  return (
    <Card flush title={t("overview.failures.title")}>
      {failures.length === 0 ? (
        <p className="px-pad pb-3 text-muted">{t("overview.failures.none")}</p>
      ) : (
        <ul>
          {failures.map((failure) => (
            <li key={failure.last.id}>
              <Link
                to="/requests"
                search={{ id: failure.last.id }}
                className="flex items-start gap-3 px-pad py-2 outline-offset-[-2px] hover:bg-hover"
              >
                <CircleX className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden />
                <span className="min-w-0 flex-1">
                  <span className="line-clamp-2 break-words">{failure.last.error ?? t("overview.failures.unsaid")}</span>
                  <span className="mt-0.5 flex flex-wrap items-center gap-x-2 text-xs text-muted">
                    {failure.code && <code>{failure.code}</code>}
                    {failure.last.model && <span className="truncate">{failure.last.model}</span>}
                    <RelativeTime at={failure.last.at_ms} />
                  </span>
                </span>
                <Badge className="tabular">{t("overview.failures.times", { count: failure.count })}</Badge>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
