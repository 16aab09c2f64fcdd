import { type QueryClient, queryOptions } from "@tanstack/react-query";

import { calls } from "./calls";
import type { Filter, RedactionAction, Spec, ThreadDetail, ThreadRow } from "./types";

/** What the page reads besides its list. The event stream tells when it is old. */
export const readings = {
  count: (filter: Filter) => queryOptions({ queryKey: ["conversation count", filter], queryFn: () => calls.count(filter) }),
  facets: (filter: Filter) => queryOptions({ queryKey: ["conversation facets", filter], queryFn: () => calls.facets(filter) }),
  detail: (id: number, text: string) =>
    queryOptions({
      queryKey: ["conversation", id, text],
      queryFn: () => calls.detail(id, text),
      // Long ones are large: only what was looked at last stays.
      gcTime: 60_000,
    }),
  redaction: (id: number, action: RedactionAction) =>
    queryOptions({ queryKey: ["conversation redaction", id, action], queryFn: () => calls.redaction(id, { action }), gcTime: 60_000 }),
  queries: () => queryOptions({ queryKey: ["conversation queries"], queryFn: calls.queries }),
  history: (id: number) => queryOptions({ queryKey: ["conversation history", id], queryFn: () => calls.history(id) }),
  media: (sha256: string, mime: string) =>
    queryOptions({
      queryKey: ["media", sha256],
      queryFn: async () => new Blob([await calls.media(sha256)], { type: mime }),
      staleTime: Infinity,
      gcTime: 30_000,
    }),
  preview: (spec: Spec) =>
    queryOptions({ queryKey: ["export preview", spec], queryFn: ({ signal }) => calls.preview(spec, signal), gcTime: 0, retry: false }),
  exports: () => queryOptions({ queryKey: ["exports"], queryFn: calls.exports }),
  exchange: (seq: number) =>
    queryOptions({ queryKey: ["exchange", seq], queryFn: () => calls.exchange(seq), staleTime: Infinity, gcTime: 60_000 }),
};

/** Sums and details are read anew. */
export function forget(queries: QueryClient): void {
  for (const key of ["conversation count", "conversation facets", "conversation", "conversation redaction", "conversation history"]) {
    void queries.invalidateQueries({ queryKey: [key] });
  }
}

/** Writes rows anew in the details that are known. */
export function patchDetails(queries: QueryClient, change: (row: ThreadRow) => ThreadRow): void {
  queries.setQueriesData<ThreadDetail>({ queryKey: ["conversation"] }, (known) => known && { ...known, row: change(known.row) });
}
