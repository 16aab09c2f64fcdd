import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { act, render } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";

import { makeQueries } from "../../app/App";
import { makeRouter } from "../../app/router";
import { host } from "../../host";
import { TooltipProvider } from "../../parts/Tooltip";

/** What a path answers: JSON, or a response of its own. For tests. */
export type Answers = Record<string, (url: URL, init: RequestInit | undefined) => unknown>;

const card = (id: string) => ({ id, display_name: id, thinking: true, default_temperature: 1, output_tokens: 1000 });

const usual: Answers = {
  "/api/session": () => ({ visitor: "browser", signed_in: true, password_set: true, version: "1" }),
  "/api/server": () => ({
    state: "running",
    address: "127.0.0.1:9",
    base_url: "http://127.0.0.1:9/v1",
    since: 1,
    configured: "127.0.0.1:9",
    open: true,
    beyond_loopback: false,
    version: "1",
  }),
  "/api/setup": () => ({ dismissed: true, answered: true, has_account: true, has_key: true }),
  "/api/settings": () => ({ file: "", settings: [] }),
  "/api/accounts": () => ({ accounts: [] }),
  "/api/keys": () => ({ keys: [], success: true, total_count: 0 }),
  "/api/models": () => ({
    upstreams: [
      { name: "postern", models: [{ name: "postern/echo", card: card("echo"), excluded: false, accounts: [] }] },
      { name: "aistudio", models: [{ name: "gemini", card: card("gemini"), excluded: false, accounts: ["work"] }] },
    ],
    aliases: [],
    fallbacks: [],
  }),
};

/** A page of the console over a console that answers as a test says; other paths answer that there is nothing. */
export async function openPage(path: string, answers: Answers, around = (page: ReactNode) => page) {
  const asked: string[] = [];
  const events = new TransformStream<Uint8Array, Uint8Array>();
  const writer = events.writable.getWriter();
  vi.spyOn(host, "fetch").mockImplementation(async (address, init) => {
    const url = new URL(address, "http://x");
    asked.push(`${init?.method ?? "GET"} ${address}`);
    if (url.pathname === "/api/events") return new Response(events.readable);
    const given = await (answers[url.pathname] ?? usual[url.pathname])?.(url, init);
    if (given instanceof Response) return given;
    if (given !== undefined) return Response.json(given);
    return Response.json({ error: { code: "not_found", message: `Nothing at ${address}.` } }, { status: 404 });
  });
  // A page of lines needs a height to show any.
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(600);
  vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(900);
  const router = makeRouter(createMemoryHistory({ initialEntries: [path] }));
  await router.load();
  await act(async () => {
    render(
      <QueryClientProvider client={makeQueries()}>
        <TooltipProvider>
          {around(<RouterProvider router={router} />)}
        </TooltipProvider>
      </QueryClientProvider>,
    );
  });
  const tell = (event: object) => act(() => writer.write(new TextEncoder().encode(`data: ${JSON.stringify(event)}\n\n`)));
  return { asked, router, tell };
}
