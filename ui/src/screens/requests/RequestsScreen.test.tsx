import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, test, vi } from "vitest";

import { type Answers, openPage } from "./fakeConsole";
import type { RequestRow } from "./filter";

const row = (at: number, more: Partial<RequestRow> = {}): RequestRow => ({
  id: `req-${at}`,
  at_ms: Date.now() - 60_000 + at,
  method: "POST",
  path: "/v1/chat/completions",
  source: "client",
  stream: true,
  outcome: "ok",
  status: 200,
  model: `model-${at}`,
  total_ms: 1500,
  ...more,
});
const failed = row(1, { outcome: "failed", status: 503, code: "sign_in_expired", error: "Google asks for a sign-in.", account: "work" });
const journal: Answers = {
  "/api/requests": () => ({ rows: [row(2, { upstream: "aistudio", upstream_model: "gemini" }), failed] }),
  "/api/requests/req-1": () => ({
    ...failed,
    timeline: { marks: [{ name: "received", at_ms: 0 }, { name: "queued", at_ms: 1 }, { name: "tools", at_ms: 1, mode: "emulated" }, { name: "end", at_ms: 250 }] },
    body: '{"model":"model-1","messages":[{"role":"user","content":"Hello"}]}',
  }),
  "/api/requests/req-1/curl": () => new Response("curl -H 'Authorization: Bearer sk-…'"),
};
const lines = () => within(screen.getByRole("grid")).getAllByRole("row").slice(1);

afterEach(() => vi.restoreAllMocks());

describe("the list", () => {
  test("shows the journal and what happens live", async () => {
    const { tell } = await openPage("/requests", journal);
    await screen.findByText("model-2");
    expect(lines()[0]?.textContent).toContain("gemini");
    expect(lines()[1]?.textContent).toContain("Failed503");
    await tell({ event: "requests", rows: [row(3, { outcome: "running", total_ms: null, source: "console" })], gap: false });
    await waitFor(() => expect(lines()[0]?.textContent).toContain("model-3"));
    expect(lines()[0]?.textContent).toContain("Console");
    await tell({ event: "requests", rows: [row(3)], gap: false });
    await waitFor(() => expect(lines()[0]?.textContent).toContain("Answered"));
    expect(lines()).toHaveLength(3);
  });

  test("stands still while somebody is at a row, and says how many came meanwhile", async () => {
    const { tell } = await openPage("/requests", journal);
    await screen.findByText("model-2");
    lines()[0]?.focus();
    await tell({ event: "requests", rows: [row(3)], gap: false });
    const pill = await screen.findByRole("button", { name: "1 new" });
    expect(lines()).toHaveLength(2);
    await userEvent.click(pill);
    await waitFor(() => expect(lines()).toHaveLength(3));
    expect(screen.queryByRole("button", { name: "1 new" })).toBeNull();
  });

  test("asks the journal for what the address filters by, and says so when nothing fits", async () => {
    const { asked, router } = await openPage("/requests?outcome=failed&key=3", { "/api/requests": () => ({ rows: [] }) });
    await screen.findByText("No request matches");
    expect(asked.some((one) => one.includes("/api/requests?") && one.includes("outcome=failed") && one.includes("key=3"))).toBe(true);
    await userEvent.click(screen.getAllByRole("button", { name: "Clear filters" })[0] as HTMLElement);
    await waitFor(() => expect(router.state.location.search).toEqual({}));
    await screen.findByText("Waiting for the first request");
    expect(screen.getByText(/curl 'http:\/\/127\.0\.0\.1:9\/v1\/chat\/completions'/)).toBeTruthy();
  });

  test("says why it cannot be read, and is read again", async () => {
    let broken = true;
    const fails = () => Response.json({ error: { code: "internal", message: "The disk is gone." } }, { status: 500 });
    await openPage("/requests", { "/api/requests": () => (broken ? fails() : { rows: [failed] }) });
    await screen.findByText("The disk is gone.");
    broken = false;
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByText("model-1");
  });

  test("is emptied after a question", async () => {
    let rows = [failed];
    const { asked } = await openPage("/requests", {
      "/api/requests": (_, init) => {
        if (init?.method !== "DELETE") return { rows };
        rows = [];
        return new Response(null, { status: 204 });
      },
    });
    await screen.findByText("model-1");
    await userEvent.click(screen.getByRole("button", { name: "More actions" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: /Clear the list/ }));
    expect(asked).not.toContain("DELETE /api/requests");
    await userEvent.click(await screen.findByRole("button", { name: "Clear requests" }));
    await screen.findByText("Waiting for the first request");
    expect(asked).toContain("DELETE /api/requests");
  });
});

describe("the details", () => {
  test("open and close by keyboard, with the way, the error and the next step", async () => {
    const { router } = await openPage("/requests", journal);
    await screen.findByText("model-1");
    lines()[0]?.focus();
    await userEvent.keyboard("j{Enter}");
    const details = await screen.findByRole("complementary", { name: /model-1/ });
    expect(router.state.location.search).toEqual({ id: "req-1" });
    expect(await within(details).findByText("The account is signed out")).toBeTruthy();
    expect(within(details).getByText("Google asks for a sign-in.")).toBeTruthy();
    expect(within(details).getByRole("link", { name: "Open Accounts" })).toBeTruthy();
    const way = await within(details).findByRole("table", { name: "Timeline" });
    expect(within(way).getByRole("row", { name: /Until it ended/ }).textContent).toContain("249ms");
    expect(within(way).getByRole("row", { name: /^Functions/ }).textContent).toBe("Functions: in words");
    expect(await within(details).findByRole("button", { name: /Copy as curl/ })).toBeTruthy();
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("complementary", { name: /model-1/ })).toBeNull());
    expect(document.activeElement).toBe(lines()[1]);
  });

  test("tell that a body is gone, and cancel what still runs", async () => {
    const running = row(5, { outcome: "running", total_ms: null });
    const { asked } = await openPage("/requests?id=req-5", {
      "/api/requests": () => ({ rows: [running] }),
      "/api/requests/req-5": () => ({ ...running, timeline: { marks: [{ name: "received", at_ms: 0 }] }, body: null }),
      "/api/requests/req-5/cancel": () => new Response(null, { status: 204 }),
    });
    await screen.findByText(/Bodies are kept in memory only/);
    expect(screen.getByRole("button", { name: "Replay in Playground" }).getAttribute("aria-disabled")).toBe("true");
    await userEvent.click(screen.getByRole("button", { name: "Cancel request" }));
    expect(asked).toContain("POST /api/requests/req-5/cancel");
  });
});
