import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import { Toaster } from "sonner";
import { vi } from "vitest";

import { makeQueries } from "../app/App";
import { makeRouter } from "../app/router";
import type { ConsoleEvent, Overview, ServerStatus, Session, Setup } from "../api/types";
import { host } from "../host";
import { TooltipProvider } from "../parts/Tooltip";

/** What a request to the console gets: JSON, or a whole response, at once or later. The body is what was sent as JSON. */
export type Answers = Readonly<Record<string, (body: unknown, url: URL) => unknown>>;

const about = { configured: "127.0.0.1:2048", open: false, beyond_loopback: false, version: "1.0.0" };

/** A server that runs. */
export const running: ServerStatus = {
  state: "running",
  address: "127.0.0.1:2048",
  base_url: "http://127.0.0.1:2048/v1",
  since: 1_700_000_000,
  ...about,
};

/** A server that was stopped. */
export const stopped: ServerStatus = { state: "stopped", ...about };

/** Somebody who is signed in from a browser. */
export const signedIn: Session = { visitor: "browser", signed_in: true, password_set: true, version: "1.0.0" };

/** First steps that are over. */
export const settled: Setup = { consent_at: 1, dismissed: true, answered: true, has_account: true, has_key: true };

/** A first page without any traffic. */
export const quiet: Overview = {
  server: running,
  totals: { requests: 0, failed: 0, prompt_tokens: 0, completion_tokens: 0, p50_ms: null, hours: [] },
  today: { requests: 0, failed: 0 },
  failures: [],
  accounts: [],
  queue: [],
  setup: settled,
};

const usual: Answers = {
  "GET /api/session": () => signedIn,
  "GET /api/server": () => running,
  "GET /api/overview": () => quiet,
  "GET /api/setup": () => settled,
  "GET /api/settings": () => ({ file: "config.toml", settings: [] }),
  "GET /api/accounts": () => ({ accounts: [] }),
  "GET /api/enrolments": () => ({ enrolments: [] }),
  "GET /api/queue": () => ({ queue: [] }),
  "GET /api/upstreams": () => ({ upstreams: [] }),
  "GET /api/keys": () => ({ success: true, keys: [], total_count: 0 }),
  "GET /api/models": () => ({ upstreams: [], aliases: [], fallbacks: [] }),
};

/** An error as the console tells it. */
export function refusal(status: number, code: string, message: string, action?: string): Response {
  return Response.json({ error: { code, message, action } }, { status });
}

/** Puts a console that answers as a test says in the place of the real one; what is not said answers as usual. */
export function fakeConsole(answers: Answers = {}) {
  const asked: { call: string; body: unknown }[] = [];
  let tell: ReadableStreamDefaultController<Uint8Array> | undefined;
  vi.spyOn(host, "fetch").mockImplementation(async (path, init = {}) => {
    const url = new URL(path, "http://console.invalid");
    const call = `${init.method ?? "GET"} ${url.pathname}`;
    const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
    asked.push({ call, body });
    if (url.pathname === "/api/events") return new Response(new ReadableStream({ start: (stream) => void (tell = stream) }));
    const given = await (answers[call] ?? usual[call])?.(body, url);
    if (given instanceof Response) return given;
    return given === undefined ? refusal(404, "not_found", `Nothing at ${call}.`) : Response.json(given);
  });
  return {
    /** What was asked so far. */
    asked,
    /** The bodies of the requests of one kind. */
    sent: (call: string) => asked.filter((one) => one.call === call).map((one) => one.body),
    /** Sends an event to the page. */
    emit: (event: ConsoleEvent) => tell?.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(event)}\n\n`)),
    /** Breaks the event stream off. */
    breakOff: () => tell?.error(new TypeError("gone")),
  };
}

/** The whole console at one of its addresses, over a fake one. */
export async function openConsole(address: string, answers: Answers = {}) {
  const fake = fakeConsole(answers);
  const router = makeRouter(createMemoryHistory({ initialEntries: [address] }));
  const queries = makeQueries();
  const page = render(
    <QueryClientProvider client={queries}>
      <TooltipProvider>
        <RouterProvider router={router} />
        <Toaster />
      </TooltipProvider>
    </QueryClientProvider>,
  );
  return { ...fake, ...page, router, queries };
}
