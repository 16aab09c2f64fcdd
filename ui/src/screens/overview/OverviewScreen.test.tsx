import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import type { Overview, RequestRow } from "../../api/types";
import { openConsole, quiet, refusal, running, stopped } from "../../testing/console";

afterEach(() => vi.restoreAllMocks());

const last: RequestRow = {
  id: "r9",
  at_ms: Date.now() - 60_000,
  method: "POST",
  path: "/v1/chat/completions",
  outcome: "failed",
  stream: false,
  source: "client",
  error: "The quota is used up.",
  model: "gemini",
};

const busy: Overview = {
  ...quiet,
  totals: {
    requests: 200,
    failed: 3,
    prompt_tokens: 40_000,
    completion_tokens: 2000,
    p50_ms: 4210,
    hours: [{ hour: 1_700_000_000, requests: 200, failed: 3, tokens: 42_000 }],
  },
  today: { requests: 120, failed: 2 },
  failures: [{ code: "quota_exceeded", count: 3, last }],
  queue: [
    { id: "r1", model: "gemini-a", upstream: "aistudio", stream: true, since_ms: Date.now(), key: "laptop" },
    { id: "r2", model: "gemini-b", upstream: "aistudio", stream: true, position: 1, since_ms: Date.now() },
  ],
};

describe("the overview", () => {
  it("shows the day in numbers, with a table behind each chart", async () => {
    await openConsole("/", { "GET /api/overview": () => busy });
    const tile = (name: string) => screen.findByRole("group", { name });
    expect((await tile("Requests today")).textContent).toContain("120");
    expect((await tile("Requests today")).textContent).toContain("2 failed");
    expect((await tile("Success rate")).textContent).toContain("98.5%");
    expect((await tile("Tokens, 24 hours")).textContent).toContain("42K");
    expect((await tile("Median answer time")).textContent).toContain("4.2s");
    const table = within(await tile("Requests today")).getByRole("table", { name: "Requests per hour" });
    expect(within(table).getByRole("cell").textContent).toBe("200");
  });

  it("offers a first request while there was none", async () => {
    await openConsole("/");
    expect(await screen.findByText(/curl 'http:\/\/127\.0\.0\.1:2048\/v1\/chat\/completions'/)).toBeDefined();
    expect((await screen.findByRole("group", { name: "Success rate" })).textContent).toContain("–");
  });

  it("leads from a failure to its request", async () => {
    const { router } = await openConsole("/", { "GET /api/overview": () => busy });
    await userEvent.click(await screen.findByRole("link", { name: /The quota is used up/ }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/requests"));
    expect(router.state.location.search).toEqual({ id: "r9" });
  });

  it("shows who waits, cancels on wish and says when that is refused", async () => {
    const page = await openConsole("/", {
      "GET /api/overview": () => busy,
      "POST /api/requests/r2/cancel": () => new Response(null, { status: 204 }),
      "POST /api/requests/r1/cancel": () => refusal(404, "not_found", "It has ended."),
    });
    expect(await screen.findByText("1 running, 1 waiting")).toBeDefined();
    expect(screen.getByText("Place 1")).toBeDefined();
    await userEvent.click(screen.getByRole("button", { name: "Cancel the request for gemini-b" }));
    await waitFor(() => expect(page.sent("POST /api/requests/r2/cancel")).toHaveLength(1));
    page.emit({ event: "queue", queue: busy.queue.slice(0, 1) });
    expect(await screen.findByText("1 running, 0 waiting")).toBeDefined();
    await userEvent.click(screen.getByRole("button", { name: "Cancel the request for gemini-a" }));
    expect((await screen.findByRole("alert")).textContent).toContain("It has ended.");
  });

  it("follows the server by events", async () => {
    const page = await openConsole("/");
    await screen.findByText("The server is running");
    page.emit({ event: "server", server: stopped });
    await screen.findByText("The server is stopped");
    expect(screen.queryByText(running.state === "running" ? running.base_url : "")).toBeNull();
  });

  it("shows the first steps until they are put away", async () => {
    const setup = { dismissed: false, answered: false, has_account: true, has_key: false, consent_at: 5 };
    const page = await openConsole("/", {
      "GET /api/overview": () => ({ ...quiet, setup }),
      "PATCH /api/setup": () => ({ ...setup, dismissed: true }),
    });
    const card = await screen.findByRole("region", { name: "Set-up" });
    expect(within(card).getAllByRole("listitem").map((item) => item.textContent)).toEqual([
      "Add an account(done)",
      "Create a key",
      "Get a first answer",
    ]);
    await userEvent.click(within(card).getByRole("button", { name: "Put set-up away" }));
    await waitFor(() => expect(screen.queryByRole("region", { name: "Set-up" })).toBeNull());
    expect(page.sent("PATCH /api/setup")).toEqual([{ dismissed: true }]);
  });

  it("says what is wrong when it cannot be read, and reads again on wish", async () => {
    let down = true;
    await openConsole("/", { "GET /api/overview": () => (down ? refusal(500, "internal", "The store is locked.") : quiet) });
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("The store is locked.");
    down = false;
    await userEvent.click(within(alert).getByRole("button", { name: "Try again" }));
    await screen.findByText("The server is running");
  });
});
