import { type QueryClient, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";

import { answer, client } from "./client";
import type { ServerStatus } from "./types";

/** The first second of the caller's day. */
export function dayStart(now = new Date()): number {
  return Math.floor(new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime() / 1000);
}

/** What can be read of the console, for `useQuery(read.server())`. The event stream keeps all of it true. */
export const read = {
  session: () =>
    queryOptions({ queryKey: ["session"], queryFn: ({ signal }) => answer(client.GET("/api/session", { signal })) }),
  server: () =>
    queryOptions({ queryKey: ["server"], queryFn: ({ signal }) => answer(client.GET("/api/server", { signal })) }),
  overview: () =>
    queryOptions({
      queryKey: ["overview"],
      queryFn: ({ signal }) => answer(client.GET("/api/overview", { signal, params: { query: { day_start: dayStart() } } })),
    }),
  setup: () =>
    queryOptions({ queryKey: ["setup"], queryFn: ({ signal }) => answer(client.GET("/api/setup", { signal })) }),
  accounts: () =>
    queryOptions({ queryKey: ["accounts"], queryFn: ({ signal }) => answer(client.GET("/api/accounts", { signal })) }),
  account: (name: string) =>
    queryOptions({
      queryKey: ["account", name],
      queryFn: ({ signal }) => answer(client.GET("/api/accounts/{name}", { signal, params: { path: { name } } })),
    }),
  enrolments: () =>
    queryOptions({ queryKey: ["enrolments"], queryFn: ({ signal }) => answer(client.GET("/api/enrolments", { signal })) }),
  enrolmentChoices: () =>
    queryOptions({
      queryKey: ["enrolment choices"],
      queryFn: ({ signal }) => answer(client.GET("/api/enrolments/choices", { signal })),
      // A name that was free may be taken by now, and a browser installed.
      gcTime: 0,
    }),
  page: () => queryOptions({ queryKey: ["page"], queryFn: ({ signal }) => answer(client.GET("/api/page", { signal })) }),
  queue: () =>
    queryOptions({ queryKey: ["queue"], queryFn: ({ signal }) => answer(client.GET("/api/queue", { signal })) }),
  upstreams: () =>
    queryOptions({ queryKey: ["upstreams"], queryFn: ({ signal }) => answer(client.GET("/api/upstreams", { signal })) }),
  upstreamTemplates: () =>
    queryOptions({
      queryKey: ["upstream templates"],
      queryFn: ({ signal }) => answer(client.GET("/api/upstreams/templates", { signal })),
      staleTime: Infinity,
    }),
  upstreamModels: (name: string) =>
    queryOptions({
      queryKey: ["upstream models", name],
      queryFn: ({ signal }) => answer(client.GET("/api/upstreams/{name}/models", { signal, params: { path: { name } } })),
    }),
  proxy: () => queryOptions({ queryKey: ["proxy"], queryFn: ({ signal }) => answer(client.GET("/api/proxy", { signal })) }),
  keys: () => queryOptions({ queryKey: ["keys"], queryFn: ({ signal }) => answer(client.GET("/api/keys", { signal })) }),
  models: () =>
    queryOptions({ queryKey: ["models"], queryFn: ({ signal }) => answer(client.GET("/api/models", { signal })) }),
  settings: () =>
    queryOptions({ queryKey: ["settings"], queryFn: ({ signal }) => answer(client.GET("/api/settings", { signal })) }),
  request: (id: string) =>
    queryOptions({
      queryKey: ["request", id],
      queryFn: ({ signal }) => answer(client.GET("/api/requests/{id}", { signal, params: { path: { id } } })),
    }),
  clients: () =>
    queryOptions({ queryKey: ["clients"], queryFn: ({ signal }) => answer(client.GET("/api/clients", { signal })) }),
  vault: () => queryOptions({ queryKey: ["vault"], queryFn: ({ signal }) => answer(client.GET("/api/vault", { signal })) }),
  recording: () =>
    queryOptions({ queryKey: ["recording"], queryFn: ({ signal }) => answer(client.GET("/api/recording", { signal })) }),
  storage: () =>
    queryOptions({ queryKey: ["storage"], queryFn: ({ signal }) => answer(client.GET("/api/storage", { signal })) }),
};

/** What the server's listener is asked to do. */
export type ServerVerb = "start" | "stop" | "restart";

/** Asks the server to start, stop or restart; the state it is in then is known everywhere at once. */
export async function steerServer(queries: QueryClient, verb: ServerVerb): Promise<ServerStatus> {
  const status = await answer(client.POST(`/api/server/${verb}`));
  queries.setQueryData(read.server().queryKey, status);
  return status;
}

/** The server as it is now, or `undefined` before the console answered for the first time. */
export const useServer = (): ServerStatus | undefined => useQuery(read.server()).data;

/** The base URL for clients, while the server runs. */
export function useBaseUrl(): string | undefined {
  const server = useServer();
  return server?.state === "running" ? server.base_url : undefined;
}

/** Steers the server. */
export function useSteerServer(): (verb: ServerVerb) => Promise<ServerStatus> {
  const queries = useQueryClient();
  return (verb) => steerServer(queries, verb);
}
