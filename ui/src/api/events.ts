import type { QueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";

import { host } from "../host";
import { useLatest } from "../lib/hooks";
import { eventData } from "../lib/sse";
import { read } from "./queries";
import { troubleOf } from "./trouble";
import type { ConsoleEvent, Overview, RequestRow } from "./types";

/** Whether what the page shows is kept true. `lost` since a moment in milliseconds of Unix time. */
export type Connection = { state: "connecting" } | { state: "live" } | { state: "lost"; since: number };

type Listener = (event: ConsoleEvent) => void;

const watchers = new Set<() => void>();
const listeners = new Set<Listener>();
let connection: Connection = { state: "connecting" };

function become(next: Connection): void {
  // How long it has been lost counts from the first failure.
  if (connection.state === next.state) return;
  connection = next;
  for (const watcher of watchers) watcher();
}

/** The state of the event stream. */
export function useConnection(): Connection {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => connection,
  );
}

/** Hears every event of the console, outside of React; returns what ends it. */
export function listenToEvents(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Hears requests that began, went on or ended. `gap` tells that some changes are missing. */
export function useRequestRows(hear: (rows: RequestRow[], gap: boolean) => void): void {
  const latest = useLatest(hear);
  useEffect(
    () =>
      listenToEvents((event) => {
        if (event.event === "requests") latest.current(event.rows, event.gap);
      }),
    [latest],
  );
}

/** Puts what an event tells into what was read, or marks it as old. */
export function apply(queries: QueryClient, event: ConsoleEvent): void {
  switch (event.event) {
    case "hello":
      void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "session" });
      break;
    case "server":
      queries.setQueryData(read.server().queryKey, event.server);
      amendOverview(queries, { server: event.server });
      break;
    case "accounts":
      queries.setQueryData(read.accounts().queryKey, { accounts: event.accounts });
      amendOverview(queries, { accounts: event.accounts });
      oldSoon(queries, 1000, "account");
      break;
    case "enrolments":
      queries.setQueryData(read.enrolments().queryKey, { enrolments: event.enrolments });
      break;
    case "queue":
      queries.setQueryData(read.queue().queryKey, { queue: event.queue });
      amendOverview(queries, { queue: event.queue });
      break;
    case "requests":
      if (event.gap || event.rows.some((row) => row.outcome !== "running")) oldSoon(queries, 2000, "overview", "setup", "account");
      for (const row of event.rows) void queries.invalidateQueries({ queryKey: ["request", row.id] });
      break;
    case "keys":
      void queries.invalidateQueries({ queryKey: ["keys"] });
      void queries.invalidateQueries({ queryKey: ["setup"] });
      break;
    case "models":
      void queries.invalidateQueries({ queryKey: ["models"] });
      void queries.invalidateQueries({ queryKey: ["upstream models"] });
      break;
    case "conversations":
      oldSoon(queries, 1500, "conversation", "conversation count", "conversation facets");
      break;
    case "exports":
      oldSoon(queries, 300, "exports");
      break;
    case "upstreams":
      oldSoon(queries, 500, "upstreams");
      break;
    case "refusals":
      oldSoon(queries, 500, "proxy");
      break;
    case "settings":
      void queries.invalidateQueries({ queryKey: ["settings"] });
      void queries.invalidateQueries({ queryKey: ["upstreams"] });
      void queries.invalidateQueries({ queryKey: ["proxy"] });
      void queries.invalidateQueries({ queryKey: ["models"] });
      break;
    case "recording":
      void queries.invalidateQueries({ queryKey: ["recording"] });
      break;
    case "logs":
      break;
  }
}

/** Puts a part into the overview. If the rest is marked as old it stays so; to write alone would make all of it count as new. */
function amendOverview(queries: QueryClient, part: Partial<Overview>): void {
  const { queryKey } = read.overview();
  const old = queries.getQueryState(queryKey)?.isInvalidated;
  queries.setQueryData(queryKey, (known) => known && { ...known, ...part });
  if (old) void queries.invalidateQueries({ queryKey });
}

const ageing = new Map<string, ReturnType<typeof setTimeout>>();

/** Under load, sums are read anew at most once in `ms`, not with every change. */
function oldSoon(queries: QueryClient, ms: number, ...keys: string[]): void {
  for (const key of keys) {
    if (ageing.has(key)) continue;
    const grown = () => {
      ageing.delete(key);
      void queries.invalidateQueries({ queryKey: [key] });
    };
    ageing.set(key, setTimeout(grown, ms));
  }
}

async function readStream(queries: QueryClient, signal: AbortSignal): Promise<void> {
  const response = await host.fetch("/api/events", { signal, headers: { accept: "text/event-stream" } });
  if (!response.ok || !response.body) throw troubleOf(response.status, await response.json().catch(() => null));
  become({ state: "live" });
  for await (const data of eventData(response.body)) {
    const event = JSON.parse(data) as ConsoleEvent;
    apply(queries, event);
    for (const listener of listeners) listener(event);
  }
}

/** Waits, but no longer than until the network or the page comes back. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}

/** Keeps what the page knows true for as long as it is signed in; comes back by itself, ever more patiently. */
export function keepLive(queries: QueryClient): () => void {
  const stop = new AbortController();
  const run = async () => {
    let failures = 0;
    while (!stop.signal.aborted) {
      const begun = Date.now();
      try {
        await readStream(queries, stop.signal);
      } catch {
        // Why does not matter here: the banner tells that the console is not heard, and requests tell why.
      }
      if (stop.signal.aborted) return;
      if (Date.now() - begun > 10_000) failures = 0;
      become({ state: "lost", since: Date.now() });
      void queries.invalidateQueries({ queryKey: ["session"] });
      await pause(Math.min(15_000, 300 * 2 ** failures), stop.signal);
      failures += 1;
    }
  };
  void run();
  return () => {
    stop.abort();
    become({ state: "connecting" });
  };
}
