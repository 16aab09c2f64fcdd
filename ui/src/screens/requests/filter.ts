import type { components } from "../../api/schema.gen";

export type RequestRow = components["schemas"]["RequestRow"];
export type RequestDetail = components["schemas"]["RequestDetail"];
export type Outcome = components["schemas"]["Outcome"];

export const outcomes = ["running", "ok", "failed", "cancelled", "client_gone"] as const satisfies readonly Outcome[];

/** Which requests are listed; the server filters by the same. */
export interface Filter {
  outcome?: Outcome;
  model?: string;
  key?: number;
  account?: string;
  search?: string;
}

/** What stands in the page's address: the filter, and the request whose details are open. */
export interface RequestsSearch extends Filter {
  id?: string;
}

const word = (value: unknown): string | undefined => {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" ? text : undefined;
};

/** Reads the page's address; what makes no sense there is left out. */
export function readSearch(raw: Record<string, unknown>): RequestsSearch {
  const outcome = outcomes.find((one) => one === raw.outcome);
  const key = Number(raw.key);
  const found = { outcome, model: word(raw.model), account: word(raw.account), search: word(raw.search), id: word(raw.id) };
  const set = Object.entries({ ...found, key: Number.isInteger(key) && key > 0 ? key : undefined });
  return Object.fromEntries(set.filter(([, value]) => value !== undefined)) as RequestsSearch;
}

export const isFiltered = (filter: Filter): boolean =>
  Boolean(filter.outcome ?? filter.model ?? filter.key ?? filter.account ?? filter.search);

/** Whether a row that arrives live belongs into the list. */
export function matcher({ outcome, model, key, account, search }: Filter): (row: RequestRow) => boolean {
  const wanted = search?.trim().toLowerCase();
  return (row) =>
    (!outcome || row.outcome === outcome) &&
    (!model || row.model === model) &&
    (key === undefined || row.key === key) &&
    (!account || row.account === account) &&
    (!wanted || [row.id, row.path, row.model, row.error].some((text) => text?.toLowerCase().includes(wanted)));
}

/** The model that answered, where it is not simply the one asked for. */
export function mappedModel({ model, upstream, upstream_model: mapped }: RequestRow): string | undefined {
  return mapped && model && mapped !== model && `${upstream}/${mapped}` !== model ? mapped : undefined;
}

/** Rows as lines of JSON. */
export const toLines = (rows: readonly RequestRow[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
