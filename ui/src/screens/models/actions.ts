import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import { notify } from "../../parts/toast";
import type { Listed, Models } from "./list";

/** What can be done with models; the answer is always the whole list as it then is. */
export function useModelActions() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const take = (models: Models) => queries.setQueryData(read.models().queryKey, models);

  const offer = async (model: Listed, offered: boolean): Promise<void> => {
    try {
      const body = { upstream: model.upstream, model: model.card.id, excluded: !offered };
      take(await answer(client.PUT("/api/models/exclusion", { body })));
      const title = t(offered ? "models.offered.on" : "models.offered.off", { name: model.name });
      notify.undo(title, t("common.undo"), () => void offer(model, !offered), `model-${model.name}`);
    } catch (error) {
      notify.problem(t("models.changeFailed"), error);
    }
  };

  return {
    offer,
    refresh: async () => take(await answer(client.POST("/api/models/refresh"))),
    setAlias: async (name: string, target: string) =>
      take(await answer(client.PUT("/api/models/aliases/{name}", { params: { path: { name } }, body: { target } }))),
    setFallbacks: async (name: string, targets: readonly string[]) =>
      take(await answer(client.PUT("/api/models/fallbacks/{name}", { params: { path: { name } }, body: { targets: [...targets] } }))),
    removeFallbacks: async (name: string) =>
      take(await answer(client.DELETE("/api/models/fallbacks/{name}", { params: { path: { name } } }))),
    removeAlias: async (name: string) =>
      take(await answer(client.DELETE("/api/models/aliases/{name}", { params: { path: { name } } }))),
  };
}
