import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { refusal, signedIn } from "../../testing/console";

afterEach(() => {
  vi.restoreAllMocks();
  window.location.hash = "";
});

// Whether a link was taken is remembered for as long as the page lives, so that each test needs a new page.
beforeEach(() => vi.resetModules());

async function open(hash: string, answers: Record<string, (body: unknown) => unknown>) {
  window.location.hash = hash;
  const { speak } = await import("../../lib/language");
  await speak("en");
  const { takeLink } = await import("../../app/link");
  takeLink();
  const { openConsole } = await import("../../testing/console");
  return openConsole("/", answers);
}

const out = { ...signedIn, signed_in: false };

describe("the login", () => {
  it("takes the link out of the address, uses it once and asks for a password", async () => {
    const page = await open("#link=secret-token", {
      "GET /api/session": () => ({ ...out, password_set: false }),
      "POST /api/session": () => ({ ...signedIn, password_set: false }),
      "PUT /api/session/password": () => signedIn,
    });
    await screen.findByRole("heading", { name: "Set a password" });
    expect(window.location.href).not.toContain("secret-token");
    expect(page.sent("POST /api/session")).toEqual([{ link: "secret-token" }]);

    await userEvent.type(screen.getByLabelText("New password"), "short");
    await userEvent.click(screen.getByRole("button", { name: "Set password and go on" }));
    expect(await screen.findByText("Use at least 10 characters.")).toBeDefined();
    await userEvent.type(screen.getByLabelText("New password"), "-but-longer");
    await userEvent.type(screen.getByLabelText("New password, once more"), "something else");
    await userEvent.click(screen.getByRole("button", { name: "Set password and go on" }));
    expect(await screen.findByText("The two are not the same.")).toBeDefined();
    expect(page.sent("PUT /api/session/password")).toEqual([]);

    await userEvent.clear(screen.getByLabelText("New password, once more"));
    await userEvent.type(screen.getByLabelText("New password, once more"), "short-but-longer");
    await userEvent.click(screen.getByRole("button", { name: "Set password and go on" }));
    await screen.findByRole("heading", { name: "Overview" });
    expect(page.sent("PUT /api/session/password")).toEqual([{ new: "short-but-longer" }]);
  });

  it("lets who came by a link keep the password there is", async () => {
    const page = await open("#link=fresh", { "GET /api/session": () => out, "POST /api/session": () => signedIn });
    await userEvent.click(await screen.findByRole("button", { name: "Keep the present password" }));
    await screen.findByRole("heading", { name: "Overview" });
    expect(page.sent("PUT /api/session/password")).toEqual([]);
  });

  it("tells that a link was used up and how to get another", async () => {
    await open("#link=old", {
      "GET /api/session": () => ({ ...out, password_set: false }),
      "POST /api/session": () => refusal(401, "wrong_credential", "The link is not valid."),
    });
    await screen.findByRole("heading", { name: "Open the link from the terminal" });
    expect(screen.getByText("That is not right.")).toBeDefined();
    expect(screen.getByText("postern console link")).toBeDefined();
  });

  it("lets nobody in with a wrong password, and tells when to wait", async () => {
    let refused = refusal(401, "wrong_credential", "The password is wrong.");
    const page = await open("", {
      "GET /api/session": () => out,
      "POST /api/session": (body) => ((body as { password: string }).password === "the right one" ? signedIn : refused),
    });
    const password = await screen.findByLabelText("Password");
    const signIn = screen.getByRole("button", { name: "Sign in" });
    await userEvent.click(signIn);
    expect(await screen.findByText("Enter the password.")).toBeDefined();
    expect(page.sent("POST /api/session")).toEqual([]);

    await userEvent.type(password, "a guess");
    await userEvent.click(signIn);
    expect(await screen.findByText("That is not right.")).toBeDefined();
    refused = refusal(429, "throttled", "Too many tries.", "Try again in 30 seconds.");
    await userEvent.click(signIn);
    expect(await screen.findByText("Try again in 30 seconds.")).toBeDefined();
    expect(screen.queryByRole("navigation")).toBeNull();

    await userEvent.clear(password);
    await userEvent.type(password, "the right one{Enter}");
    await screen.findByRole("heading", { name: "Overview" });
  });

  it("comes back when the session has ended", async () => {
    await open("", {
      "POST /api/server/stop": () => refusal(401, "sign_in_needed", "Sign in."),
    });
    await userEvent.click(await screen.findByRole("button", { name: "Stop server" }));
    await screen.findByRole("heading", { name: "Sign in to Postern" });
  });
});
