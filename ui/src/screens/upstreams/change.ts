import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import type { Schemas } from "../../api/types";
import { notify } from "../../parts/toast";

type Change = Schemas["UpstreamChange"];

/** Changes a provider at once and says so; with `undo`, with a way back. Whether it was changed. */
export function useUpstreamChange(name: string): (change: Change, told: { said: string; undo?: Change }) => Promise<boolean> {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const apply = async (change: Change, { said, undo }: { said: string; undo?: Change }): Promise<boolean> => {
    try {
      await answer(client.PATCH("/api/upstreams/{name}", { params: { path: { name } }, body: change }));
      await queries.invalidateQueries(read.upstreams());
      if (undo) notify.undo(said, t("common.undo"), () => void apply(undo, { said: t("upstreams.undone") }), `upstream-${name}`);
      else notify.done(said);
      return true;
    } catch (error) {
      notify.problem(t("upstreams.saveFailed"), error);
      return false;
    }
  };
  return apply;
}

/** Runs something about a key of this provider, then reads the providers anew; what goes wrong is told. */
export function useKeyAction(): (action: () => Promise<unknown>, said?: string) => Promise<boolean> {
  const { t } = useTranslation();
  const queries = useQueryClient();
  return async (action, said) => {
    try {
      await action();
      if (said) notify.done(said);
      return true;
    } catch (error) {
      notify.problem(t("upstreams.key.failed"), error);
      return false;
    } finally {
      await queries.invalidateQueries(read.upstreams());
    }
  };
}
