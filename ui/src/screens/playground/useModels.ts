import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { read } from "../../api/queries";
import type { Schemas } from "../../api/types";
import type { Suggestion } from "../../parts/Combobox";
import { useBench } from "./theBench";

/** The models that can be asked, and the card of the chosen one. */
export interface Models {
  suggestions: Suggestion[];
  card: Schemas["ModelCard"] | undefined;
  error: unknown;
}

/** The upstream that is Postern itself; it answers without an account. */
const HOUSE = "postern";

type Offered = Schemas["ModelsView"];

/** The models that clients are offered, real ones first. */
function offered(view: Offered | undefined) {
  const upstreams = view?.upstreams ?? [];
  const ordered = [...upstreams.filter((one) => one.name !== HOUSE), ...upstreams.filter((one) => one.name === HOUSE)];
  return ordered.flatMap((one) => one.models.filter((model) => !model.excluded).map((model) => ({ upstream: one.name, ...model })));
}

/** What can be asked. Chooses a model when none is chosen yet. */
export function useModels(chosen: string): Models {
  const { t } = useTranslation();
  const { bench } = useBench();
  const { data, error } = useQuery(read.models());
  const models = useMemo(() => offered(data), [data]);
  const first = models[0]?.name;
  useEffect(() => {
    if (chosen === "" && first && bench.state().draft.turns.length === 0) bench.edit({ model: first });
  }, [bench, chosen, first]);
  const suggestions = useMemo(
    () => [
      ...(data?.aliases ?? []).map(({ name, target }) => ({ value: name, note: t("playground.model.alias", { target }) })),
      ...models.map(({ name, upstream, card }) => ({
        value: name,
        note: upstream === HOUSE ? t("playground.model.house") : (card.display_name ?? upstream),
      })),
    ],
    [data, models, t],
  );
  const target = data?.aliases.find((alias) => alias.name === chosen)?.target ?? chosen;
  const card = models.find((model) => model.name === target || model.card.id === target)?.card;
  return { suggestions, card, error };
}
