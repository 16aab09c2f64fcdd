import type { Schemas } from "../../api/types";

/** All that can be asked for. */
export type Models = Schemas["ModelsView"];

/** A model with the upstream that serves it. */
export interface Listed extends Omit<Schemas["ModelView"], "name"> {
  /** What a client writes in `model`. */
  name: string;
  upstream: string;
}

/** Every model, upstream by upstream, as far as it fits what is searched. */
export function modelsOf(models: Models, search: string): Listed[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const all = models.upstreams.flatMap(({ name: upstream, models: own }) => own.map((model) => ({ ...model, upstream })));
  return all.filter((model) => {
    const text = [model.name, model.card.display_name, model.card.id, model.upstream].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The id of a model in lists: the same model of two upstreams is two. */
export const listedId = (model: Listed): string => `${model.upstream}/${model.card.id}`;
