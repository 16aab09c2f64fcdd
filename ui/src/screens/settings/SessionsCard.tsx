import { useQuery, useQueryClient } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import type { Schemas } from "../../api/types";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import { ConfirmDialog } from "../../parts/ConfirmDialog";
import { ErrorState } from "../../parts/ErrorState";
import { RelativeTime } from "../../parts/RelativeTime";
import { Skeleton } from "../../parts/Skeleton";
import { notify } from "../../parts/toast";
import { otherSessions } from "./sessions";

/** Who else is signed in to the console, and the way to end that. */
export function SessionsCard() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const others = useQuery(otherSessions());
  const [asking, setAsking] = useState(false);
  const sessions = others.data?.sessions ?? [];
  const endAll = async () => {
    const { ended } = await answer(client.DELETE("/api/session/others"));
    notify.done(t("settings.sessions.ended", { count: ended }));
    await queries.invalidateQueries(otherSessions());
  };
  return (
    <Card
      title={t("settings.sessions.title")}
      actions={
        sessions.length > 0 && (
          <Button size="sm" onClick={() => setAsking(true)}>
            <LogOut aria-hidden />
            {t("settings.sessions.end")}
          </Button>
        )
      }
    >
      {others.isPending && <Skeleton lines={2} />}
      {others.isError && <ErrorState compact title={t("settings.sessions.failed")} error={others.error} onRetry={() => void others.refetch()} />}
      {others.data && sessions.length === 0 && <p className="text-muted">{t("settings.sessions.none")}</p>}
      {sessions.length > 0 && (
        <ul className="divide-y divide-line">
          {sessions.map((session) => (
            <Other key={`${session.created_at} ${session.peer} ${session.label}`} session={session} />
          ))}
        </ul>
      )}
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t("settings.sessions.endTitle")}
        text={t("settings.sessions.endText")}
        action={t("settings.sessions.end")}
        onConfirm={endAll}
      />
    </Card>
  );
}

function Other({ session }: { session: Schemas["OtherSession"] }) {
  const { t } = useTranslation();
  return (
    <li className="flex min-h-row flex-wrap items-center gap-x-4 gap-y-0.5 py-1.5">
      <span className="min-w-0 flex-1 basis-64 break-words">{session.label || t("settings.sessions.unnamed")}</span>
      <span className="font-mono text-sm text-muted">{session.peer}</span>
      <span className="text-sm text-muted">
        {t("settings.sessions.used")} <RelativeTime at={session.seen_at * 1000} />
      </span>
    </li>
  );
}
