import { useQueryClient } from "@tanstack/react-query";
import { RotateCw } from "lucide-react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../api/client";
import { read, useServer } from "../api/queries";
import { Button } from "../parts/Button";
import { notify } from "../parts/toast";
import { changeSettings } from "./settings";
import { useSteer } from "./useSteer";

/** What can be done about a server that failed: take the next free port where one would help, or try again. */
export function FailureActions() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const server = useServer();
  const steer = useSteer();
  if (server?.state !== "failed") return null;

  const take = async (port: number) => {
    try {
      await changeSettings(queries, { "server.port": port });
      const now = await answer(client.GET("/api/server"));
      queries.setQueryData(read.server().queryKey, now);
      if (now.state === "failed" || now.state === "stopped") await steer("start");
    } catch (error) {
      notify.problem(t("app.server.steerFailed.start"), error);
    }
  };
  const { free_port: free } = server;
  return (
    <>
      {free && (
        <Button size="sm" look="primary" onClick={() => void take(free)}>
          {t("app.server.useFree", { port: free })}
        </Button>
      )}
      <Button size="sm" onClick={() => void steer("start")}>
        <RotateCw aria-hidden />
        {t("app.server.retry")}
      </Button>
    </>
  );
}
