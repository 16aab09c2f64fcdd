import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import type { EnrolmentView, Schemas } from "../../../api/types";
import { account, enrolment } from "../../../testing/accounts";
import { type Answers, openConsole, refusal, settled } from "../../../testing/console";

afterEach(() => vi.restoreAllMocks());

const choices: Schemas["EnrolmentChoices"] = {
  browsers: [
    { name: "Firefox", path: "/usr/bin/firefox", preferred: false },
    { name: "Google Chrome", path: "/usr/bin/google-chrome", version: "156.0", preferred: true },
    {
      name: "Chromium",
      path: "/snap/bin/chromium",
      preferred: false,
      problem: { kind: "confined", message: "The Snap cannot reach /data.", action: "Connect it." },
    },
  ],
  screen: true,
  remote: false,
  free_name: "spare",
};
/** A console at which a sign-in can begin. */
function beginning(): Answers {
  const enrolments: EnrolmentView[] = [];
  return {
    "GET /api/enrolments/choices": () => choices,
    "GET /api/enrolments": () => ({ enrolments }),
    "POST /api/enrolments/sign-in": () => {
      enrolments.push(enrolment("e1", "network"));
      return enrolments[0];
    },
  };
}

describe("a sign-in", () => {
  it("begins only after what it means was agreed to, once", async () => {
    let setup: object = { ...settled, consent_at: null };
    const page = await openConsole("/accounts?add=sign-in", {
      ...beginning(),
      "GET /api/setup": () => setup,
      "PATCH /api/setup": () => (setup = settled),
    });
    expect(await screen.findByText("Postern never sees your password")).toBeDefined();
    await userEvent.click(screen.getByRole("button", { name: "Go on" }));
    expect(page.sent("PATCH /api/setup")).toEqual([]);
    await userEvent.click(screen.getByRole("checkbox"));
    await userEvent.click(screen.getByRole("button", { name: "Go on" }));
    await screen.findByRole("radio", { name: /Google Chrome/ });
    expect(page.sent("PATCH /api/setup")).toEqual([{ consent: true }]);
  });

  it("takes the browser and the name that were chosen, and is watched then", async () => {
    const page = await openConsole("/accounts?add=sign-in", beginning());
    const chrome = await screen.findByRole("radio", { name: /Google Chrome/ });
    expect(chrome.getAttribute("aria-checked")).toBe("true");
    const snap = screen.getByRole("radio", { name: /Chromium/ });
    expect((snap as HTMLButtonElement).disabled).toBe(true);
    expect(snap.textContent).toContain("This browser may not use the profile folder");
    expect(snap.textContent).toContain("The Snap cannot reach /data.");
    await userEvent.click(screen.getByRole("radio", { name: /Firefox/ }));
    const name = screen.getByLabelText("Name");
    expect((name as HTMLInputElement).value).toBe("spare");
    await userEvent.clear(name);
    await userEvent.type(name, "work{Enter}");
    expect(await screen.findByRole("dialog", { name: "Sign in: spare" })).toBeDefined();
    expect(page.sent("POST /api/enrolments/sign-in")).toEqual([{ browser: "/usr/bin/firefox", name: "work", consent: true }]);
    expect(page.router.state.location.search).toEqual({ enrolment: "e1" });
  });

  it("gives the new account's browser a way out of its own", async () => {
    const page = await openConsole("/accounts?add=sign-in", beginning());
    await userEvent.type(await screen.findByLabelText("Proxy"), " socks5h://127.0.0.1:1080{Enter}");
    expect(await screen.findByRole("dialog", { name: "Sign in: spare" })).toBeDefined();
    const [begun] = page.sent("POST /api/enrolments/sign-in");
    expect(begun).toMatchObject({ name: "spare", proxy: "socks5h://127.0.0.1:1080" });
  });

  it("keeps what was written when it cannot begin", async () => {
    await openConsole("/accounts?add=sign-in", { ...beginning(), "POST /api/enrolments/sign-in": () => refusal(409, "conflict", "The name is taken.") });
    const name = await screen.findByLabelText("Name");
    await userEvent.clear(name);
    await userEvent.type(name, "main");
    await userEvent.click(screen.getByRole("button", { name: "Open the browser" }));
    expect(await screen.findByText(/The name is taken\./)).toBeDefined();
    expect((name as HTMLInputElement).value).toBe("main");
  });

  it("of an account that is there leaves its browser and name alone", async () => {
    const page = await openConsole("/accounts?again=office", { ...beginning(), "GET /api/accounts": () => ({ accounts: [account("office")] }) });
    await screen.findByRole("dialog", { name: "Sign in again: office" });
    await userEvent.click(await screen.findByRole("button", { name: "Open the browser" }));
    await waitFor(() => expect(page.sent("POST /api/enrolments/sign-in")).toEqual([{ account: "office", consent: true }]));
    expect(screen.queryByLabelText("Name")).toBeNull();
  });

  it.each([
    ["there is no screen", { ...choices, screen: false }, "There is no screen here on which a browser could be shown."],
    ["the browsers run elsewhere", { ...choices, remote: true }, /The browsers run elsewhere/],
  ])("leads to the import where %s", async (_, told, words) => {
    await openConsole("/accounts?add=sign-in", { ...beginning(), "GET /api/enrolments/choices": () => told });
    expect(await screen.findByText(words)).toBeDefined();
    expect(screen.queryByRole("button", { name: "Open the browser" })).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Import files" }));
    expect(await screen.findByRole("dialog", { name: "Import accounts" })).toBeDefined();
  });

  it("cannot begin without a browser", async () => {
    const broken = { ...choices, browsers: choices.browsers.slice(2) };
    const page = await openConsole("/accounts?add=sign-in", { ...beginning(), "GET /api/enrolments/choices": () => broken });
    await screen.findByText("No browser that can be used was found");
    await userEvent.click(screen.getByRole("button", { name: "Open the browser" }));
    expect(page.sent("POST /api/enrolments/sign-in")).toEqual([]);
  });
});
