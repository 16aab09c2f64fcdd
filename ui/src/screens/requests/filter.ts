import type { RequestRow, Schemas } from "../../api/types";

export type { RequestRow };
export type RequestDetail = Schemas["RequestDetail"];
export type Outcome = Schemas["Outcome"];

export const outcomes = ["running", "ok", "failed", "cancelled", "client_gone"] as const satisfies readonly Outcome[];

/** Which requests are listed; the server filters by the same. */
export interface Filter {
  outcome?: Outcome;
  model?: string;
  key?: number;
  account?: string;
  upstream?: string;
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
  const texts = (["model", "account", "upstream", "search", "id"] as const).map((name) => [name, word(raw[name])] as const);
  const set = [...texts, ["outcome", outcome], ["key", Number.isInteger(key) && key > 0 ? key : undefined]] as const;
  return Object.fromEntries(set.filter(([, value]) => value !== undefined)) as RequestsSearch;
}

/** The same as texts, for the address. */
export function writeSearch(search: RequestsSearch): Record<string, string> {
  return Object.fromEntries(Object.entries(search).map(([name, value]) => [name, String(value)]));
}

export const isFiltered = (filter: Filter): boolean =>
  [filter.outcome, filter.model, filter.key, filter.account, filter.upstream, filter.search].some((one) => one !== undefined);

/** Whether a row that arrives live belongs into the list. */
export function matcher({ outcome, model, key, account, upstream, search }: Filter): (row: RequestRow) => boolean {
  const wanted = search?.trim().toLowerCase();
  const texts = (row: RequestRow) => [row.id, row.path, row.model, row.upstream_model, row.account, row.key_name, row.code, row.error];
  return (row) =>
    (!outcome || row.outcome === outcome) &&
    (!model || row.model === model) &&
    (key === undefined || row.key === key) &&
    (!account || row.account === account) &&
    (!upstream || row.upstream === upstream) &&
    (!wanted || texts(row).some((text) => text?.toLowerCase().includes(wanted)));
}

/** The model that answered, where it is not simply the one asked for. */
export function mappedModel({ model, upstream, upstream_model: mapped }: RequestRow): string | undefined {
  return mapped && model && mapped !== model && `${upstream}/${mapped}` !== model ? mapped : undefined;
}

/** Rows as lines of JSON. */
export const toLines = (rows: readonly RequestRow[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
