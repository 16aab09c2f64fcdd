import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import type { AccountView } from "../../api/types";
import { openConsole, refusal } from "../../testing/console";

afterEach(() => vi.restoreAllMocks());

const account = (name: string, more: Partial<AccountView> = {}): AccountView => ({
  upstream: "aistudio",
  name,
  status: { state: "ready" },
  enabled: true,
  pending: 0,
  profile: `/data/accounts/${name}/profile`,
  ...more,
});
const expired = account("office", { status: { state: "sign_in_expired" }, action: "Sign in again: postern account add office" });

describe("the accounts", () => {
  it("say what each needs next", async () => {
    await openConsole("/accounts?id=office", { "GET /api/accounts": () => ({ accounts: [expired, account("main")] }) });
    expect(await screen.findByText("Sign in again: postern account add office")).toBeDefined();
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
