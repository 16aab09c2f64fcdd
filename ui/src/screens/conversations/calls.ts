import { answer, client } from "../../api/client";
import { troubleOf, unanswered } from "../../api/trouble";
import type { Schemas } from "../../api/types";
import { host } from "../../host";
import type { Change, Conversation, Filter, Redaction, Selection, Sort, Spec, Turn } from "./types";

async function bytes(path: string): Promise<ArrayBuffer> {
  const response = await host.fetch(path).catch((error: unknown) => {
    throw unanswered(error);
  });
  if (!response.ok) throw troubleOf(response.status, await response.json().catch(() => null));
  return response.arrayBuffer();
}

/** What is absent has the value that the console's documentation names, though its types want it there. */
const whole = <T>(part: object) => part as T;
const of = (id: number) => ({ params: { path: { id } } });

/** What the console knows of conversations and does with them. */
export const calls = {
  search: (filter: Filter, sort: Sort, after: string | undefined, limit: number) =>
    answer(client.POST("/api/conversations/search", { body: whole<Schemas["ConversationSearch"]>({ filter, sort, limit, ...(after !== undefined && { after }) }) })),
  count: (filter: Filter) => answer(client.POST("/api/conversations/count", { body: whole<Schemas["Filter"]>(filter) })),
  facets: (filter: Filter) => answer(client.POST("/api/conversations/facets", { body: whole<Schemas["Filter"]>(filter) })),
  detail: (id: number, text: string) =>
    answer(client.GET("/api/conversations/{id}", { params: { path: { id }, query: { ...(text && { text }) } } })),
  change: (selection: Selection, change: Change) => answer(client.POST("/api/conversations/change", { body: whole<Schemas["ConversationChange"]>({ selection, change }) })),
  undo: () => answer(client.POST("/api/conversations/undo")),
  redo: () => answer(client.POST("/api/conversations/redo")),
  redaction: (id: number, profile: Redaction) =>
    answer(client.POST("/api/conversations/{id}/redaction", { ...of(id), body: { profile: whole<Schemas["Profile"]>(profile) } })),
  history: (thread: number) => answer(client.GET("/api/conversations/history", { params: { query: { thread, limit: 100 } } })),
  edit: (id: number, conversation: Conversation) =>
    answer(client.PUT("/api/conversations/{id}/edit", { ...of(id), body: whole<Schemas["Conversation"]>(conversation) })),
  revert: (id: number) => answer(client.DELETE("/api/conversations/{id}/edit", of(id))),
  pair: (id: number, pair: { at_turn: number; chosen: Turn; rejected: Turn }) =>
    answer(client.POST("/api/conversations/{id}/pairs", { ...of(id), body: pair })),
  removePair: (pair: number) => answer(client.DELETE("/api/conversations/pairs/{pair}", { params: { path: { pair } } })),
  remove: (selection: Selection) => answer(client.POST("/api/conversations/delete", { body: whole<Schemas["ConversationDeletion"]>({ selection }) })),
  queries: () => answer(client.GET("/api/conversations/queries")),
  saveQuery: (name: string, filter: Filter) => answer(client.POST("/api/conversations/queries", { body: whole<Schemas["NewQuery"]>({ name, filter }) })),
  removeQuery: (query: number) => answer(client.DELETE("/api/conversations/queries/{query}", { params: { path: { query } } })),
  exchange: (seq: number) => answer(client.GET("/api/conversations/exchanges/{seq}", { params: { path: { seq } } })),
  media: (sha256: string) => bytes(`/api/conversations/media/${sha256}`),
  preview: (spec: Spec, signal: AbortSignal) => answer(client.POST("/api/exports/preview", { signal, body: whole<Schemas["Spec"]>(spec) })),
  exportNow: (spec: Spec, folder: string | undefined) => answer(client.POST("/api/exports", { body: whole<Schemas["ExportStart"]>({ spec, ...(folder && { folder }) }) })),
  exports: () => answer(client.GET("/api/exports")),
  cancelExport: (id: number) => answer(client.DELETE("/api/exports/{id}", of(id))),
  exportFile: (id: number, name: string) => bytes(`/api/exports/${id}/files/${encodeURIComponent(name)}`),
};
