import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { AccountDetail } from "../../../api/types";
import { Button } from "../../../parts/Button";
import { RelativeTime } from "../../../parts/RelativeTime";
import { StateBadge } from "../../../parts/StateBadge";

const few = 6;

/** How the account's state changed, newest first. */
export function History({ changes }: { changes: AccountDetail["history"] }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const shown = all ? changes : changes.slice(0, few);
  return (
    <section className="flex flex-col gap-1.5">
      <h3 className="font-semibold">{t("accounts.history.title")}</h3>
      {changes.length === 0 && <p className="text-muted">{t("accounts.history.none")}</p>}
      <ol className="flex flex-col">
        {shown.map(({ at, status }, index) => (
          <li key={`${at} ${index}`} className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 py-1">
            <span className="w-28 shrink-0 text-sm text-muted">
              <RelativeTime at={at * 1000} />
            </span>
            <StateBadge state={status} />
            {"why" in status && status.why && <span className="basis-full pl-31 text-sm break-words text-muted select-text">{status.why}</span>}
          </li>
        ))}
      </ol>
      {changes.length > few && (
        <Button look="link" size="sm" className="self-start" onClick={() => setAll(!all)}>
          {t(all ? "accounts.history.fewer" : "accounts.history.all", { count: changes.length })}
        </Button>
      )}
    </section>
  );
}
