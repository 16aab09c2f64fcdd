import { Trouble, troubleOf, unanswered } from "../../api/trouble";
import { host } from "../../host";
import type {
  AuditRow,
  Change,
  Conversation,
  Done,
  ExportJob,
  Facet,
  Filter,
  Preview,
  RawExchange,
  RecordingStatus,
  Redacted,
  SavedQuery,
  Selection,
  Sort,
  Spec,
  ThreadDetail,
  ThreadRow,
  Turn,
} from "./types";

const root = "/api/conversations";

async function ask<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    const headers = { "content-type": "application/json" };
    response = await host.fetch(path, { method, ...(signal && { signal }), ...(body !== undefined && { headers, body: JSON.stringify(body) }) });
  } catch (error) {
    throw unanswered(error);
  }
  const text = await response.text();
  const given: unknown = text === "" ? undefined : JSON.parse(text);
  if (!response.ok) throw troubleOf(response.status, given) as Trouble;
  return given as T;
}

async function bytes(path: string): Promise<ArrayBuffer> {
  const response = await host.fetch(path).catch((error: unknown) => {
    throw unanswered(error);
  });
  if (!response.ok) throw troubleOf(response.status, await response.json().catch(() => null));
  return response.arrayBuffer();
}

/** What the console knows of conversations and does with them. */
export const calls = {
  search: (filter: Filter, sort: Sort, after: string | undefined, limit: number) =>
    ask<{ rows: ThreadRow[]; next?: string | null }>("POST", `${root}/search`, { filter, sort, after, limit }),
  count: (filter: Filter) => ask<{ count: number }>("POST", `${root}/count`, filter),
  facets: (filter: Filter) => ask<Facet[]>("POST", `${root}/facets`, filter),
  detail: (id: number, text: string) => ask<ThreadDetail>("GET", `${root}/${id}${text && `?text=${encodeURIComponent(text)}`}`),
  change: (selection: Selection, change: Change) => ask<Done>("POST", `${root}/change`, { selection, change }),
  undo: () => ask<Done | null>("POST", `${root}/undo`),
  redo: () => ask<Done | null>("POST", `${root}/redo`),
  history: (thread: number | undefined) => ask<AuditRow[]>("GET", `${root}/history?limit=100${thread === undefined ? "" : `&thread=${thread}`}`),
  edit: (id: number, conversation: Conversation) => ask<Done>("PUT", `${root}/${id}/edit`, conversation),
  revert: (id: number) => ask<Done>("DELETE", `${root}/${id}/edit`),
  pair: (id: number, pair: { at_turn: number; chosen: Turn; rejected: Turn }) => ask<Done>("POST", `${root}/${id}/pairs`, pair),
  removePair: (pair: number) => ask<Done>("DELETE", `${root}/pairs/${pair}`),
  remove: (selection: Selection) => ask<{ deleted: number }>("POST", `${root}/delete`, { selection }),
  queries: () => ask<SavedQuery[]>("GET", `${root}/queries`),
  saveQuery: (name: string, filter: Filter) => ask<SavedQuery>("POST", `${root}/queries`, { name, filter }),
  removeQuery: (id: number) => ask<unknown>("DELETE", `${root}/queries/${id}`),
  redacted: (id: number, profile: unknown) => ask<Redacted>("POST", `${root}/${id}/redaction`, { profile }),
  preview: (spec: Spec, signal: AbortSignal) => ask<Preview>("POST", "/api/exports/preview", spec, signal),
  exportNow: (spec: Spec, folder: string | undefined) => ask<ExportJob>("POST", "/api/exports", { spec, ...(folder && { folder }) }),
  exports: () => ask<ExportJob[]>("GET", "/api/exports"),
  cancelExport: (id: number) => ask<unknown>("DELETE", `/api/exports/${id}`),
  exportFile: (id: number, name: string) => bytes(`/api/exports/${id}/files/${encodeURIComponent(name)}`),
  recording: () => ask<RecordingStatus>("GET", "/api/recording"),
  media: (sha256: string) => bytes(`${root}/media/${sha256}`),
  exchange: (seq: number) => ask<RawExchange>("GET", `${root}/exchanges/${seq}`),
};
