import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import type { AccountDetail } from "../../../api/types";
import * as save from "../../../lib/save";
import { account } from "../../../testing/accounts";
import { openConsole, refusal } from "../../../testing/console";

afterEach(() => vi.restoreAllMocks());

const now = Math.floor(Date.now() / 1000);
const main = account("main", {
  email: "main@example.org",
  source: "cookies",
  status: { state: "blocked", why: "It said no." },
  browser: "Chromium 156.0.8078.79",
  cooldowns: [
    { model: "gemini-a", until: now + 1800, reason: "quota" },
    { model: "gemini-b", until: now + 60, reason: "rate" },
  ],
});
const detail: AccountDetail = {
  account: main,
  uses_today: [{ model: "gemini-a", answers: 41, failures: 2 }],
  history: [
    { at: now - 120, status: { state: "blocked", why: "It said no." } },
    { at: now - 7200, status: { state: "ready" } },
  ],
};
const answers = {
  "GET /api/accounts": () => ({ accounts: [main] }),
  "GET /api/accounts/main": () => detail,
};

/** Without a layout, the movable edge of the inspector lies above everything and takes the mouse; keys go through. */
async function write(field: HTMLElement, keys: string) {
  field.focus();
  await userEvent.keyboard(`{Control>}a{/Control}${keys}`);
}

describe("one account", () => {
  it("tells who it is, what it did, and how it changed", async () => {
    await openConsole("/accounts?id=main", answers);
    const inspector = await screen.findByRole("complementary", { name: "main" });
    for (const text of ["main@example.org", "Chromium 156.0.8078.79", /may be bound to the device/, "gemini-a", "41", "2 minutes ago", "2 hours ago"]) {
      expect((await within(inspector).findAllByText(text)).length).toBeGreaterThan(0);
    }
    expect(within(inspector).getAllByText("It said no.")).toHaveLength(2);
    expect(within(inspector).getByText(/Google refuses this session/)).toBeDefined();
  });

  it("ends the cooldown of one model, or all", async () => {
    const page = await openConsole("/accounts?id=main", { ...answers, "POST /api/accounts/main/reset-cooldowns": () => main });
    await userEvent.click(await screen.findByRole("button", { name: "End it now: gemini-b" }));
    await userEvent.click(await screen.findByRole("button", { name: "End all now" }));
    await waitFor(() => expect(page.sent("POST /api/accounts/main/reset-cooldowns")).toEqual([{ model: "gemini-b" }, {}]));
  });

  it("gets another share at once, with a way back", async () => {
    let now = main;
    const page = await openConsole("/accounts?id=main", {
      ...answers,
      "GET /api/accounts": () => ({ accounts: [now] }),
      "PATCH /api/accounts/main": (change) => (now = { ...now, ...(change as object) }),
    });
    const weight = await screen.findByLabelText("Weight");
    await write(weight, "3{Enter}");
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(page.sent("PATCH /api/accounts/main")).toEqual([{ weight: 3 }, { weight: 1 }]));
    await write(weight, "101{Enter}");
    await waitFor(() => expect((weight as HTMLInputElement).value).toBe("1"));
    expect(page.sent("PATCH /api/accounts/main")).toHaveLength(2);
  });

  it("gets a way out of its own, and says why it cannot be that", async () => {
    let now = main;
    const page = await openConsole("/accounts?id=main", {
      ...answers,
      "GET /api/accounts": () => ({ accounts: [now] }),
      "PATCH /api/accounts/main": (change) => {
        const { proxy } = change as { proxy: string };
        return proxy.startsWith("ftp") ? refusal(400, "invalid", "This is no way out.") : (now = { ...now, proxy });
      },
    });
    await write(await screen.findByLabelText("Proxy"), "ftp://h{Enter}");
    expect(await screen.findByText(/This is no way out\./)).toBeDefined();
    await write(screen.getByLabelText("Proxy"), "http://127.0.0.1:7890{Enter}");
    expect(await screen.findByDisplayValue("http://127.0.0.1:7890")).toBeDefined();
    await waitFor(() => expect(screen.queryByText(/This is no way out\./)).toBeNull());
    expect(page.sent("PATCH /api/accounts/main")).toEqual([{ proxy: "ftp://h" }, { proxy: "http://127.0.0.1:7890" }]);
  });

  it("shows its browser, and says why it cannot", async () => {
    await openConsole("/accounts?id=main", { ...answers, "POST /api/accounts/main/show": () => refusal(503, "unavailable", "There is no screen.") });
    await userEvent.click(await screen.findByRole("button", { name: "Show browser" }));
    expect(await screen.findByText("There is no screen.")).toBeDefined();
  });
});

describe("the export of an account", () => {
  async function open(more = {}) {
    const saved = vi.spyOn(save, "saveFile").mockImplementation(() => undefined);
    const page = await openConsole("/accounts?id=main", { ...answers, "POST /api/accounts/main/export": () => new Response("bytes"), ...more });
    (await screen.findByRole("button", { name: "More about this account" })).focus();
    await userEvent.keyboard("{Enter}");
    (await screen.findByRole("menuitem", { name: "Export" })).focus();
    await userEvent.keyboard("{Enter}");
    await screen.findByRole("dialog", { name: "Export “main”" });
    return { ...page, saved };
  }

  it("is sealed with a passphrase that is long and written twice", async () => {
    const page = await open();
    const button = () => screen.getByRole("button", { name: "Save file" });
    await userEvent.type(screen.getByLabelText("Passphrase"), "short");
    expect(button().getAttribute("aria-disabled")).toBe("true");
    await userEvent.type(screen.getByLabelText("Passphrase"), " but longer now");
    await userEvent.type(screen.getByLabelText("Passphrase, once more"), "something else");
    expect(screen.getByText("The two are not the same.")).toBeDefined();
    await userEvent.click(button());
    expect(page.sent("POST /api/accounts/main/export")).toEqual([]);
    await userEvent.clear(screen.getByLabelText("Passphrase, once more"));
    await userEvent.type(screen.getByLabelText("Passphrase, once more"), "short but longer now{Enter}");
    await waitFor(() => expect(page.saved).toHaveBeenCalledWith(expect.anything(), "main.postern-profile"));
    expect(page.sent("POST /api/accounts/main/export")).toEqual([{ form: "sealed_profile", passphrase: "short but longer now" }]);
  });

  it("is in clear only after a warning, and sends no passphrase then", async () => {
    const page = await open();
    await userEvent.type(screen.getByLabelText("Passphrase"), "a secret of its own");
    expect(screen.queryByText("This is a live session in clear")).toBeNull();
    await userEvent.click(screen.getByRole("radio", { name: /^storage_state/ }));
    expect(screen.getByText("This is a live session in clear")).toBeDefined();
    await userEvent.click(screen.getByRole("button", { name: "Save file" }));
    await waitFor(() => expect(page.saved).toHaveBeenCalledWith(expect.anything(), "main.json"));
    expect(page.sent("POST /api/accounts/main/export")).toEqual([{ form: "storage_state" }]);
  });

  it("keeps what was written when it fails", async () => {
    await open({ "POST /api/accounts/main/export": () => refusal(409, "conflict", "The account is in use.") });
    await userEvent.click(screen.getByRole("radio", { name: /^storage_state/ }));
    await userEvent.click(screen.getByRole("button", { name: "Save file" }));
    expect(await screen.findByText(/The account is in use\./)).toBeDefined();
  });
});
