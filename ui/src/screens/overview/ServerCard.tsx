import { Link } from "@tanstack/react-router";
import { Plug, Play, RotateCw, Square } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { ServerStatus } from "../../api/types";
import { FailureActions } from "../../app/FailureActions";
import { useFailure } from "../../app/useFailure";
import { useSteer } from "../../app/useSteer";
import { cn } from "../../lib/cn";
import { formatMoment, formatRelative } from "../../lib/format";
import { useNow } from "../../lib/hooks";
import { Button } from "../../parts/Button";
import { CopyButton } from "../../parts/CopyButton";
import { ServerSign } from "../../parts/ServerSign";

/** The server: what it does, where it is reached, and how to start and stop it. */
export function ServerCard({ server, className }: { server: ServerStatus; className?: string }) {
  const { t } = useTranslation();
  const failure = useFailure();
  return (
    <section aria-label={t("app.server.label")} className={cn("flex flex-col gap-4 rounded-lg border border-line bg-card p-pad shadow-card", className)}>
      <header className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <h2 className="flex items-center gap-2 text-lg font-semibold">
            <ServerSign state={server.state} className="size-5" />
            {t(`overview.server.state.${server.state}`)}
          </h2>
          <p className="mt-0.5 text-sm text-muted">
            <Since server={server} />
          </p>
        </div>
        <Actions server={server} />
      </header>
      {server.state === "failed" && <p className="break-words select-text">{failure(server)}</p>}
      <Address server={server} />
      <p className="mt-auto text-sm text-muted">
        {server.open ? t("overview.server.open") : t("overview.server.keyed")}
        {server.beyond_loopback && ` ${t("overview.server.beyond")}`}
      </p>
    </section>
  );
}

function Since({ server }: { server: ServerStatus }) {
  const { t } = useTranslation();
  const now = useNow(20_000);
  if (server.state === "running") {
    const since = server.since * 1000;
    return <time title={formatMoment(since)}>{t("overview.server.since", { when: formatRelative(since, now) })}</time>;
  }
  if (server.state === "failed") return t(`app.server.failure.${server.kind}`);
  return t(`overview.server.about.${server.state}`);
}

function Address({ server }: { server: ServerStatus }) {
  const { t } = useTranslation();
  const running = server.state === "running";
  return (
    <>
      <div className="flex min-w-0 items-baseline gap-3 rounded-md border border-line bg-sunken px-3 py-2">
        <span className="shrink-0 text-sm text-muted">{running ? t("app.server.url") : t("overview.server.address")}</span>
        <code className={cn("min-w-0 text-lg break-all select-text", !running && "text-muted")}>
          {running ? server.base_url : server.configured}
        </code>
      </div>
      {running && (
        <div className="flex flex-wrap items-center gap-2">
          <CopyButton text={server.base_url} what={t("app.server.url")} look="primary">
            {t("app.server.copyUrl")}
          </CopyButton>
          <Button asChild>
            <Link to="/connect">
              <Plug aria-hidden />
              {t("overview.server.connect")}
            </Link>
          </Button>
        </div>
      )}
    </>
  );
}

function Actions({ server }: { server: ServerStatus }) {
  const { t } = useTranslation();
  const steer = useSteer();
  switch (server.state) {
    case "running":
      return (
        <div className="flex gap-2">
          <Button size="sm" look="ghost" onClick={() => void steer("restart")}>
            <RotateCw aria-hidden />
            {t("app.server.restart")}
          </Button>
          <Button size="sm" onClick={() => void steer("stop")}>
            <Square aria-hidden />
            {t("app.server.stop")}
          </Button>
        </div>
      );
    case "stopped":
      return (
        <Button look="primary" onClick={() => void steer("start")}>
          <Play aria-hidden />
          {t("app.server.start")}
        </Button>
      );
    case "failed":
      return (
        <div className="flex flex-wrap gap-2">
          <FailureActions />
        </div>
      );
    case "starting":
    case "stopping":
      return null;
  }
}
