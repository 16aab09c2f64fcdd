import type { PageSearch } from "../../app/search";
import type { Filter, Sort } from "./types";

/** Everything that can stand out in a conversation, in the order of its bits. */
export const flagNames = [
  "truncated",
  "refusal",
  "blocked",
  "error",
  "aborted",
  "empty",
  "short",
  "long",
  "loop",
  "bad_arguments",
  "unknown_tool",
  "unanswered_call",
  "orphan_result",
  "tool_error",
  "bad_json",
  "open_code",
  "language_mismatch",
  "system_changed",
  "secret",
  "personal",
  "duplicate",
  "near_duplicate",
  "unreadable",
  "grown",
] as const;
/** One of them. */
export type FlagName = (typeof flagNames)[number];

/** The flags that bits stand for. */
export const flagsOf = (bits: number): FlagName[] => flagNames.filter((_, bit) => Math.floor(bits / 2 ** bit) % 2 === 1);

export const sorts = ["newest", "oldest", "longest", "rating"] as const satisfies readonly Sort[];
export const states = ["new", "approved", "rejected", "later"] as const;

/** What is listed, in which order, and what is open. */
export interface View {
  filter: Filter;
  sort: Sort;
  id: number | undefined;
}

/** The fields of a filter that are lists of which any, or all, may hold. */
export const listFields = ["states", "standings", "models", "hosts", "upstreams", "keys", "dialects", "kinds", "languages", "tags"] as const;
export type ListField = (typeof listFields)[number];

const meansNothing = (value: unknown) =>
  value === undefined || value === null || value === "" || value === 0 || (Array.isArray(value) && value.length === 0);

/** The same filter without what excludes nothing. */
export function tidy(filter: Filter): Filter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => !meansNothing(value)));
}

/** Whether it excludes anything. */
export const isFiltered = (filter: Filter): boolean => Object.keys(tidy(filter)).length > 0;

/** What is listed until somebody asks for something else: what broke off or was refused is no example for anybody. */
export const queue: Filter = { standings: ["ok"] };

/** Whether two filters say the same. */
export function same(a: Filter, b: Filter): boolean {
  const sorted = (filter: Filter) => JSON.stringify(Object.entries(tidy(filter)).sort());
  return sorted(a) === sorted(b);
}

/** Whether somebody asked for what it lists. */
export const isAsked = (filter: Filter): boolean => isFiltered(filter) && !same(filter, queue);

function asFilter(text: string | undefined): Filter {
  if (text === undefined) return queue;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? tidy(value as Filter) : queue;
  } catch {
    // An address that somebody wrote by hand.
    return queue;
  }
}

/** What a page's address says. */
export function readSearch({ id, filter, sort }: PageSearch["conversations"]): View {
  const known = sorts.find((one) => one === sort);
  return { filter: asFilter(filter), sort: known ?? "newest", id: id !== undefined && /^\d+$/.test(id) ? Number(id) : undefined };
}

/** The address that says it. */
export function writeSearch({ filter, sort, id }: View): PageSearch["conversations"] {
  const kept = tidy(filter);
  return {
    ...(id !== undefined && { id: String(id) }),
    ...(!same(kept, queue) && { filter: JSON.stringify(kept) }),
    ...(sort !== "newest" && { sort }),
  };
}

/** Whether a value of a facet is chosen. */
export function isChosen(filter: Filter, field: string, value: string): boolean {
  if (field === "flags") return flagsOf(filter.flags ?? 0).includes(flagNames[Number(value)] as FlagName);
  return (filter[field as ListField] as unknown[] | undefined)?.some((one) => String(one) === value) ?? false;
}

/** The filter with a value of a facet chosen, or not any more. */
export function toggled(filter: Filter, field: string, value: string): Filter {
  const on = isChosen(filter, field, value);
  if (field === "flags") {
    const bit = 2 ** Number(value);
    return tidy({ ...filter, flags: (filter.flags ?? 0) + (on ? -bit : bit) });
  }
  const typed = field === "keys" ? Number(value) : value;
  const before = (filter[field as ListField] ?? []) as (string | number)[];
  return tidy({ ...filter, [field]: on ? before.filter((one) => one !== typed) : [...before, typed] });
}

/** The words of a search that are looked for in what is shown: quoted ones together, others one by one. */
export function wordsOf(text: string | undefined): string[] {
  const found = [...(text ?? "").matchAll(/"([^"]+)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
  return found.map((word) => word.replaceAll('"', "").trim()).filter(Boolean);
}
