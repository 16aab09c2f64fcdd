import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { CircleAlert, CloudOff, EyeOff, KeyRound, type LucideIcon, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { useConnection } from "../api/events";
import { answer, client } from "../api/client";
import { read, useServer } from "../api/queries";
import { cn } from "../lib/cn";
import { formatRelative } from "../lib/format";
import { useLasting, useNow } from "../lib/hooks";
import { Button } from "../parts/Button";
import { type Tone, toneStyle } from "../parts/Badge";
import { IconButton } from "../parts/IconButton";
import { FailureActions } from "./FailureActions";
import { type Failed as FailedServer, useFailure } from "./useFailure";

/** The one thing that everybody should know now: a server that failed, else a console not heard, else a private time, else
 * an open door. */
export function Banner() {
  const server = useServer();
  const recording = useQuery(read.recording());
  const connection = useConnection();
  const { pathname } = useLocation();
  const lost = useLasting(connection.state === "lost", 2500);
  if (lost && connection.state === "lost") return <Lost since={connection.since} />;
  // The overview tells of a failure itself, in its first card.
  if (server?.state === "failed") return pathname === "/" ? null : <Failed server={server} />;
  if (recording.data?.private) return <Private />;
  if (server?.open && server.state === "running" && pathname !== "/welcome") return <Open />;
  return null;
}

function Failed({ server }: { server: FailedServer }) {
  const { t } = useTranslation();
  const why = useFailure()(server);
  return (
    <Strip tone="bad" icon={CircleAlert} actions={<FailureActions />}>
      {t("app.banner.failed", { why })}
    </Strip>
  );
}

function Lost({ since }: { since: number }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const now = useNow(1000);
  return (
    <Strip
      tone="warn"
      icon={CloudOff}
      actions={
        <Button size="sm" onClick={() => void queries.invalidateQueries()}>
          {t("app.banner.reconnect")}
        </Button>
      }
    >
      {t("app.banner.lost", { when: formatRelative(since, now) })}
    </Strip>
  );
}

/** Nothing is recorded, which must not be forgotten. */
function Private() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const end = async () => {
    const { queryKey } = read.recording();
    queries.setQueryData(queryKey, await answer(client.PUT("/api/recording", { body: { private: false } })));
  };
  return (
    <Strip
      tone="info"
      icon={EyeOff}
      actions={
        <Button size="sm" onClick={() => void end()}>
          {t("app.banner.endPrivate")}
        </Button>
      }
    >
      {t("app.banner.private")}
    </Strip>
  );
}

const hiddenNote = "postern.openNoteHidden";

function Open() {
  const { t } = useTranslation();
  const [hidden, setHidden] = useState(() => localStorage.getItem(hiddenNote) === "yes");
  if (hidden) return null;
  const hide = () => {
    localStorage.setItem(hiddenNote, "yes");
    setHidden(true);
  };
  return (
    <Strip
      tone="neutral"
      icon={KeyRound}
      actions={
        <>
          <Button asChild size="sm">
            <Link to="/keys" search={{ new: "yes" }}>
              {t("app.banner.openAction")}
            </Link>
          </Button>
          <IconButton icon={X} label={t("app.banner.dismiss")} onClick={hide} />
        </>
      }
    >
      {t("app.banner.open")}
    </Strip>
  );
}

interface StripProps {
  tone: Tone;
  icon: LucideIcon;
  actions: ReactNode;
  children: ReactNode;
}

function Strip({ tone, icon: Icon, actions, children }: StripProps) {
  return (
    <div
      role={tone === "bad" ? "alert" : "status"}
      className={cn("flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-line px-6 py-2 text-sm", toneStyle[tone])}
    >
      <Icon className="size-4 shrink-0" aria-hidden />
      <p className="min-w-0 flex-1 basis-60 break-words text-ink">{children}</p>
      <div className="flex flex-wrap items-center gap-2 text-ink">{actions}</div>
    </div>
  );
}
