import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { read } from "../../api/queries";
import { notify } from "../../parts/toast";
import { readings } from "../conversations/queries";
import type { Draft } from "./draft";
import { requestOf } from "./fromConversation";
import { fromRequest } from "./replay";
import { useBench } from "./theBench";

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Whoever comes here may bring a recorded request or conversation to send again, or a model to try. The address forgets it then. */
export function useArrival(): void {
  const { t } = useTranslation();
  const { replay, model, conversation, turns } = useSearch({ from: "/playground" });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { bench } = useBench();

  useEffect(() => {
    if (!replay && !model && !conversation) return;
    let left = false;
    const open = async (id: string) => {
      try {
        const { body } = await queries.fetchQuery(read.request(id));
        put(body ? fromRequest(parsed(body)) : undefined, body ? "playground.replay.otherKind" : "playground.replay.gone");
      } catch (error) {
        if (!left) notify.problem(t("playground.replay.failed"), error);
      }
    };
    const openConversation = async (id: number) => {
      try {
        const { conversation: said } = await queries.fetchQuery(readings.detail(id, ""));
        put(fromRequest(requestOf(said, Number(turns ?? said.turns?.length))), "playground.replay.otherKind");
      } catch (error) {
        if (!left) notify.problem(t("playground.replay.failed"), error);
      }
    };
    const put = (draft: Draft | undefined, lack: "playground.replay.otherKind" | "playground.replay.gone") => {
      if (left) return;
      if (!draft) return notify.problem(t(lack));
      const before = bench.state().draft;
      bench.open(draft);
      if (before.turns.length === 0) notify.info(t("playground.replay.ready"));
      else notify.undo(t("playground.replay.ready"), t("common.undo"), () => bench.open(before), "playground");
    };
    void (async () => {
      if (replay) await open(replay);
      else if (conversation) await openConversation(Number(conversation));
      else if (model) bench.edit({ model });
      if (!left) void navigate({ to: "/playground", search: {}, replace: true });
    })();
    return () => {
      left = true;
    };
  }, [replay, model, conversation, turns, bench, navigate, queries, t]);
}
