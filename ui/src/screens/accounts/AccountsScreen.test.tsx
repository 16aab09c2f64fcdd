import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import { account, enrolment } from "../../testing/accounts";
import { openConsole, refusal } from "../../testing/console";

afterEach(() => vi.restoreAllMocks());

const expired = account("office", { status: { state: "sign_in_expired" }, email: "office@example.org" });
const names = () => screen.queryAllByRole("row").slice(1).map((row) => row.getAttribute("data-row"));

describe("the accounts", () => {
  it("offer for each the one thing to do next", async () => {
    const at = Math.floor(Date.now() / 1000) + 600;
    const shown = { ...account("proved", { status: { state: "needs_verification", why: "A captcha." } }), browser_shown: true };
    const page = await openConsole("/accounts", {
      "GET /api/accounts": () => ({
        accounts: [
          expired,
          account("proof", { status: { state: "needs_verification", why: "A captcha." } }),
          shown,
          account("tired", { status: { state: "cooling_down", until: at } }),
          account("lost", { status: { state: "browser_missing", why: "It crashed." } }),
          account("idle", { status: { state: "off" }, enabled: false }),
          account("new", { status: { state: "not_checked" } }),
          account("fine"),
        ],
      }),
      "POST /api/accounts/proof/show": () => shown,
      "POST /api/accounts/proved/hide": () => shown,
      "POST /api/accounts/tired/reset-cooldowns": () => account("tired"),
      "PATCH /api/accounts/idle": () => account("idle"),
      "POST /api/accounts/new/check": () => account("new"),
    });
    const press = async (name: string) => userEvent.click(await screen.findByRole("button", { name }));
    await press("Show browser: proof");
    await press("Hide browser: proved");
    await press("End it now: tired");
    await press("Switch on: idle");
    await press("Check now: new");
    await waitFor(() => {
      const calls = page.asked.map(({ call }) => call).filter((call) => !call.startsWith("GET"));
      expect(calls).toEqual([
        "POST /api/accounts/proof/show",
        "POST /api/accounts/proved/hide",
        "POST /api/accounts/tired/reset-cooldowns",
        "PATCH /api/accounts/idle",
        "POST /api/accounts/new/check",
      ]);
    });
    expect(screen.getByRole("link", { name: "Browser settings: lost" }).getAttribute("href")).toContain("/settings/browser");
    expect(within(screen.getByRole("row", { name: /fine/ })).queryByRole("button")).toBeNull();
    await userEvent.click(screen.getByRole("link", { name: "Sign in again: office" }));
    expect(await screen.findByRole("dialog", { name: "Sign in again: office" })).toBeDefined();
  });

  it("lead back to a sign-in that is under way", async () => {
    await openConsole("/accounts", {
      "GET /api/accounts": () => ({ accounts: [expired] }),
      "GET /api/enrolments": () => ({ enrolments: [enrolment("e7", "sign_in", { kind: "sign_in_again", name: "office" })] }),
    });
    await userEvent.click(await screen.findByRole("link", { name: "Go on signing in: office" }));
    expect(await screen.findByRole("button", { name: "I have signed in" })).toBeDefined();
  });

  it("are narrowed down by state and by a text", async () => {
    const { router } = await openConsole("/accounts", { "GET /api/accounts": () => ({ accounts: [expired, account("main"), account("spare")] }) });
    await waitFor(() => expect(names()).toEqual(["office", "main", "spare"]));
    await userEvent.click(screen.getByRole("radio", { name: /^Need you/ }));
    await waitFor(() => expect(names()).toEqual(["office"]));
    expect(router.state.location.search).toEqual({ state: "needs" });
    await userEvent.click(screen.getByRole("radio", { name: /^Ready/ }));
    await userEvent.type(screen.getByRole("searchbox"), "mai");
    await waitFor(() => expect(names()).toEqual(["main"]));
    await userEvent.type(screen.getByRole("searchbox"), "x");
    await userEvent.click(await screen.findByRole("button", { name: "Show all" }));
    await waitFor(() => expect(names()).toHaveLength(3));
    await userEvent.type(screen.getByRole("searchbox"), "OFFICE@");
    await waitFor(() => expect(names()).toEqual(["office"]));
  });

  it("cannot be added while nobody hears", async () => {
    const page = await openConsole("/accounts");
    expect((await screen.findByRole("button", { name: "Add account" })).getAttribute("aria-disabled")).toBeNull();
    page.breakOff();
    await waitFor(() => expect(screen.getByRole("button", { name: "Add account" }).getAttribute("aria-disabled")).toBe("true"));
    await userEvent.click(screen.getByRole("button", { name: /^Import/ }));
    expect(screen.queryByRole("dialog")).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: /^A server without a screen/ }));
    expect(await screen.findByRole("dialog", { name: "A server without a screen" })).toBeDefined();
  });

  it("are checked one by one and all together, the switched-off ones left out", async () => {
    const page = await openConsole("/accounts", {
      "GET /api/accounts": () => ({ accounts: [expired, account("main"), account("old", { enabled: false, status: { state: "off" } })] }),
      "POST /api/accounts/office/check": () => expired,
      "POST /api/accounts/main/check": () => account("main"),
    });
    await userEvent.click(await screen.findByRole("button", { name: "Check all" }));
    const checked = () => page.asked.map(({ call }) => call).filter((call) => call.endsWith("/check"));
    await waitFor(() => expect(checked().sort()).toEqual(["POST /api/accounts/main/check", "POST /api/accounts/office/check"]));
  });

  it("say why one could not be checked", async () => {
    await openConsole("/accounts?id=main", {
      "GET /api/accounts": () => ({ accounts: [account("main")] }),
      "POST /api/accounts/main/check": () => refusal(503, "unavailable", "No browser was found."),
    });
    await userEvent.click(await screen.findByRole("button", { name: "Check now" }));
    expect(await screen.findByText(/No browser was found\./)).toBeDefined();
  });

  it("are removed only by somebody who writes the name", async () => {
    const page = await openConsole("/accounts?id=main", {
      "GET /api/accounts": () => ({ accounts: [account("main")] }),
      "DELETE /api/accounts/main": () => new Response(null, { status: 204 }),
    });
    const removed = () => page.asked.some(({ call }) => call === "DELETE /api/accounts/main");
    await userEvent.click(await screen.findByRole("button", { name: "Remove account" }));
    const confirm = () => screen.getAllByRole("button", { name: "Remove account" }).at(-1) as HTMLElement;
    await userEvent.click(confirm());
    expect(removed()).toBe(false);
    await userEvent.type(await screen.findByLabelText("Type “main” to confirm"), "main");
    await userEvent.click(confirm());
    await waitFor(() => expect(removed()).toBe(true));
  });
});
