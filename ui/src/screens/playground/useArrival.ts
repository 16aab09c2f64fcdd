import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { read } from "../../api/queries";
import { notify } from "../../parts/toast";
import { fromRequest } from "./replay";
import { useBench } from "./theBench";

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Whoever comes here may bring a recorded request to send again, or a model to try. The address forgets it then. */
export function useArrival(): void {
  const { t } = useTranslation();
  const { replay, model } = useSearch({ from: "/playground" });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { bench } = useBench();

  useEffect(() => {
    if (!replay && !model) return;
    let left = false;
    const open = async (id: string) => {
      try {
        const { body } = await queries.fetchQuery(read.request(id));
        if (left) return;
        const draft = body ? fromRequest(parsed(body)) : undefined;
        if (!draft) return notify.problem(t(body ? "playground.replay.otherKind" : "playground.replay.gone"));
        const before = bench.state().draft;
        bench.open(draft);
        if (before.turns.length === 0) notify.info(t("playground.replay.ready"));
        else notify.undo(t("playground.replay.ready"), t("common.undo"), () => bench.open(before), "playground");
      } catch (error) {
        if (!left) notify.problem(t("playground.replay.failed"), error);
      }
    };
    void (async () => {
      if (replay) await open(replay);
      else if (model) bench.edit({ model });
      if (!left) void navigate({ to: "/playground", search: {}, replace: true });
    })();
    return () => {
      left = true;
    };
  }, [replay, model, bench, navigate, queries, t]);
}
