import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { useConnection } from "../../api/events";
import { read } from "../../api/queries";
import type { Overview } from "../../api/types";
import { formatClock } from "../../lib/format";
import { ErrorState } from "../../parts/ErrorState";
import { Page } from "../../parts/Page";
import { Skeleton } from "../../parts/Skeleton";
import { AccountsCard } from "./AccountsCard";
import { FailuresCard } from "./FailuresCard";
import { QueueCard } from "./QueueCard";
import { ServerCard } from "./ServerCard";
import { SetupCard } from "./SetupCard";
import { Tiles } from "./Tiles";

/** How it goes, at a glance. */
export function OverviewScreen() {
  const { t } = useTranslation();
  const overview = useQuery(read.overview());
  const connection = useConnection();
  const stale = connection.state === "lost" || overview.isError;
  const asOf = overview.data && stale && t("overview.asOf", { time: formatClock(overview.dataUpdatedAt, false) });

  return (
    <Page title={t("app.nav.overview")} text={asOf}>
      {overview.data ? (
        <Content overview={overview.data} />
      ) : overview.isError ? (
        <ErrorState title={t("overview.unread")} error={overview.error} onRetry={() => void overview.refetch()} />
      ) : (
        <Skeleton lines={4} className="h-24" />
      )}
    </Page>
  );
}

function Content({ overview }: { overview: Overview }) {
  useWelcome(overview);
  const { setup } = overview;
  return (
    <div className="flex flex-col gap-4">
      {!setup.answered && !setup.dismissed && <SetupCard setup={setup} />}
      <div className="grid gap-4 lg:grid-cols-5">
        <ServerCard server={overview.server} className="lg:col-span-3" />
        <AccountsCard accounts={overview.accounts} className="lg:col-span-2" />
      </div>
      <Tiles totals={overview.totals} today={overview.today} server={overview.server} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <FailuresCard failures={overview.failures} />
        <QueueCard queue={overview.queue} />
      </div>
    </div>
  );
}

let welcomed = false;

/** Somebody who has nothing yet and has put nothing away is shown the first run once per start. */
function useWelcome({ setup }: Overview): void {
  const navigate = useNavigate();
  useEffect(() => {
    const isNew = !setup.answered && !setup.dismissed && !setup.has_account && !setup.has_key && !setup.consent_at;
    if (welcomed || !isNew) return;
    welcomed = true;
    void navigate({ to: "/welcome", replace: true });
  }, [setup, navigate]);
}
