import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import { openConsole, refusal, running } from "../../testing/console";

afterEach(() => vi.restoreAllMocks());

const fresh = { dismissed: false, answered: false, has_account: false, has_key: false };

describe("the first run", () => {
  it("asks for consent before a Google account, and notes it", async () => {
    let setup: object = fresh;
    const page = await openConsole("/welcome", {
      "GET /api/setup": () => setup,
      "PATCH /api/setup": () => (setup = { ...fresh, consent_at: 7 }),
    });
    await userEvent.click(await screen.findByRole("button", { name: /A Google account/ }));
    const next = screen.getByRole("button", { name: "Go on" });
    await userEvent.click(next);
    expect(page.sent("PATCH /api/setup")).toEqual([]);
    await userEvent.click(screen.getByRole("checkbox"));
    await userEvent.click(next);
    await screen.findByRole("button", { name: "Sign in with Google" });
    expect(page.sent("PATCH /api/setup")).toEqual([{ consent: true }]);
  });

  it("shows no way to add an account without the consent", async () => {
    await openConsole("/welcome", { "GET /api/setup": () => fresh });
    await userEvent.click(await screen.findByRole("button", { name: /^3/ }));
    expect(screen.queryByRole("button", { name: "Sign in with Google" })).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Read it" }));
    await screen.findByRole("checkbox");
  });

  it("creates a key, shows it once and tests with it", async () => {
    const page = await openConsole("/welcome", {
      "GET /api/setup": () => fresh,
      "POST /api/keys": () => ({ success: true, message: "", key_count: 1, key: {}, secret: "sk-new" }),
      "POST /api/connect/test": () => ({ ok: true, status: 200, model: "postern/echo", total_ms: 12, prompt_tokens: 1, completion_tokens: 2 }),
    });
    await userEvent.click(await screen.findByRole("button", { name: /Nothing yet/ }));
    await screen.findByText(running.state === "running" ? running.base_url : "");
    await userEvent.click(screen.getByRole("button", { name: "Create key" }));
    await screen.findByText("sk-new");
    await userEvent.click(screen.getByRole("button", { name: "Send test" }));
    const result = await screen.findByText("It works");
    expect(result.parentElement?.textContent).toContain("postern/echo · 12ms · 3 tokens");
    expect(page.sent("POST /api/connect/test")).toEqual([{ model: "postern/echo", key: "sk-new" }]);
  });

  it("says what is wrong when the test brings no answer", async () => {
    await openConsole("/welcome", {
      "GET /api/setup": () => fresh,
      "POST /api/connect/test": () => ({ ok: false, status: 503, total_ms: 3, request_id: "r1", error: "No account is ready." }),
    });
    await userEvent.click(await screen.findByRole("button", { name: /Nothing yet/ }));
    await userEvent.click(screen.getByRole("button", { name: "Send test" }));
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("No answer (status 503)");
    expect(alert.textContent).toContain("No account is ready.");
    expect(within(alert).getByRole("link", { name: "Show the request" }).getAttribute("href")).toContain("/requests?id=r1");
  });

  it("can be left at any time, even when that cannot be noted", async () => {
    const { router } = await openConsole("/welcome", {
      "GET /api/setup": () => fresh,
      "PATCH /api/setup": () => refusal(500, "internal", "No."),
    });
    await userEvent.click(await screen.findByRole("button", { name: "Skip set-up" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/"));
  });
});
