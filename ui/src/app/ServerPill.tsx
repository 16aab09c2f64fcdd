import { ChevronsUpDown, Play, RotateCw, Square } from "lucide-react";
import { useTranslation } from "react-i18next";

import { useServer } from "../api/queries";
import type { ServerStatus } from "../api/types";
import { cn } from "../lib/cn";
import { Button } from "../parts/Button";
import { CodeBlock } from "../parts/CodeBlock";
import { Popover, PopoverClose } from "../parts/Popover";
import { ServerSign } from "../parts/ServerSign";
import { useFailure } from "./useFailure";
import { useSteer } from "./useSteer";

/** The server's state and address on every page; behind it, what can be done about it. */
export function ServerPill({ narrow }: { narrow: boolean }) {
  const { t } = useTranslation();
  const server = useServer();
  const word = server ? t(`app.server.state.${server.state}`) : t("app.server.unknown");
  const address = server?.state === "running" ? server.address : server?.configured;
  return (
    <>
      <Popover
        label={t("app.server.label")}
        side="top"
        trigger={
          <button
            type="button"
            data-testid="server-pill"
            data-state-of-server={server?.state}
            className={cn(
              "flex min-h-11 items-center gap-2.5 rounded-md border border-line bg-card px-2.5 py-1.5 text-left shadow-card transition-colors duration-100 hover:border-edge",
              narrow && "justify-center px-0",
            )}
          >
            <ServerSign state={server?.state} />
            <span className={narrow ? "sr-only" : "min-w-0 flex-1"}>
              <span className="sr-only">{t("app.server.label")}: </span>
              <span className="block truncate text-sm font-medium">{word}</span>
              <span className="tabular block truncate text-xs text-muted">{address}</span>
            </span>
            {!narrow && <ChevronsUpDown className="size-3.5 shrink-0 text-muted" aria-hidden />}
          </button>
        }
      >
        {server && <Panel server={server} word={word} />}
      </Popover>
      <span role="status" className="sr-only">
        {`${t("app.server.label")}: ${word}`}
      </span>
    </>
  );
}

function Panel({ server, word }: { server: ServerStatus; word: string }) {
  const { t } = useTranslation();
  const steer = useSteer();
  const failure = useFailure();
  return (
    <div className="flex flex-col gap-3">
      <p className="flex items-center gap-2 font-medium">
        <ServerSign state={server.state} />
        {word}
      </p>
      {server.state === "failed" && <p className="text-sm break-words text-muted">{failure(server)}</p>}
      {server.state === "running" ? (
        <CodeBlock label={t("app.server.url")} code={server.base_url} wrap />
      ) : (
        <p className="text-sm text-muted">{t("app.server.configured", { address: server.configured })}</p>
      )}
      <div className="flex flex-wrap gap-2">
        {server.state === "running" && (
          <>
            <PopoverClose>
              <Button size="sm" onClick={() => void steer("stop")}>
                <Square aria-hidden />
                {t("app.server.stop")}
              </Button>
            </PopoverClose>
            <PopoverClose>
              <Button size="sm" onClick={() => void steer("restart")}>
                <RotateCw aria-hidden />
                {t("app.server.restart")}
              </Button>
            </PopoverClose>
          </>
        )}
        {(server.state === "stopped" || server.state === "failed") && (
          <PopoverClose>
            <Button size="sm" look="primary" onClick={() => void steer("start")}>
              <Play aria-hidden />
              {server.state === "failed" ? t("app.server.retry") : t("app.server.start")}
            </Button>
          </PopoverClose>
        )}
      </div>
    </div>
  );
}
