import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import type { Schemas } from "../../api/types";
import { openConsole, refusal } from "../../testing/console";
import { keeping, open, port, row, setting } from "./fakeSettings";

afterEach(() => vi.restoreAllMocks());

describe("the sections", () => {
  it("say why the settings cannot be read, and read them again", async () => {
    let broken = true;
    const answers = keeping([port]);
    await openConsole("/settings/server", {
      ...answers,
      "GET /api/settings": (body, url) => (broken ? refusal(500, "internal", "The disk is gone.") : answers["GET /api/settings"]?.(body, url)),
    });
    await screen.findByText("The disk is gone.");
    broken = false;
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await row("Port");
  });

  it("change the password, and say at the field that the present one is wrong", async () => {
    let wrong = true;
    const fake = await open("console", [], {
      "GET /api/session/others": () => ({ sessions: [] }),
      "PUT /api/session/password": () =>
        wrong
          ? refusal(401, "wrong_credential", "The present password is wrong.")
          : { visitor: "browser", signed_in: true, password_set: true, version: "1" },
    });
    await userEvent.type(await screen.findByLabelText("Present password"), "old");
    await userEvent.type(screen.getByLabelText("New password"), "a long evening");
    await userEvent.type(screen.getByLabelText("New password, once more"), "a long evening{Enter}");
    await screen.findByText("That is not the present password.");
    wrong = false;
    await userEvent.click(screen.getByRole("button", { name: "Change password" }));
    await screen.findByText("Password changed");
    expect(fake.sent("PUT /api/session/password").at(-1)).toEqual({ current: "old", new: "a long evening" });
    expect(screen.getByLabelText<HTMLInputElement>("New password").value).toBe("");
  });

  it("show no login in the window", async () => {
    await open("console", [setting("console.remote", { type: "bool" }, false)], {
      "GET /api/session": () => ({ visitor: "window", signed_in: true, password_set: false, version: "1" }),
    });
    await row("Reachable from other machines");
    expect(screen.queryByLabelText("New password")).toBeNull();
    expect(screen.queryByText("Other sessions")).toBeNull();
  });

  it("sign the others out after a question", async () => {
    const other = { label: "Firefox on Linux", peer: "192.0.2.7", created_at: 1, seen_at: 2 };
    let sessions = [other];
    const fake = await open("console", [], {
      "GET /api/session/others": () => ({ sessions }),
      "DELETE /api/session/others": () => {
        sessions = [];
        return { ended: 1 };
      },
    });
    await screen.findByText("Firefox on Linux");
    await userEvent.click(screen.getByRole("button", { name: "Sign out the others" }));
    expect(fake.sent("DELETE /api/session/others")).toEqual([]);
    await userEvent.click(within(await screen.findByRole("alertdialog")).getByRole("button", { name: "Sign out the others" }));
    await screen.findByText("1 session ended");
    await screen.findByText("Nobody else is signed in.");
  });

  it("measure the storage, and clear a kind after a question", async () => {
    const items = (bytes: number): Schemas["StorageItem"][] => [
      { kind: "database", path: "/d", bytes: 1000, clearable: false },
      { kind: "logs", path: "/l", bytes, count: bytes ? 2 : 0, limit_bytes: 4000, clearable: true },
    ];
    const fake = await open("storage", [], {
      "GET /api/storage": () => ({ folder: "/data", free_bytes: 5e9, items: items(3000) }),
      "POST /api/storage/clear": () => ({ folder: "/data", free_bytes: 5e9, items: items(0) }),
    });
    const meter = await screen.findByRole("progressbar", { name: "Log files" });
    expect(meter.getAttribute("aria-valuetext")).toBe("3 kB of 4 kB");
    expect(screen.queryByRole("button", { name: "Clear Database" })).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Clear Log files" }));
    await userEvent.click(within(await screen.findByRole("alertdialog")).getByRole("button", { name: "Clear" }));
    await screen.findByText("Cleared: Log files");
    expect(fake.sent("POST /api/storage/clear")).toEqual([{ kind: "logs" }]);
    expect(screen.getByRole("progressbar", { name: "Log files" }).getAttribute("aria-valuenow")).toBe("0");
  });

  it("tell how everything is, the worst first, and look again", async () => {
    let remedied = false;
    await open("health", [], {
      "GET /api/doctor": () => ({
        findings: [
          { subject: "disk", health: "good", message: "9 GB free" },
          { subject: "mcp", health: remedied ? "good" : "warning", message: "no token is free" },
          ...(remedied ? [] : [{ subject: "data folder", health: "problem", message: "cannot write", remedy: "Choose another." }]),
        ],
      }),
    });
    await screen.findByText("1 problem");
    const lines = screen.getAllByRole("listitem").filter((item) => /free|write/.test(item.textContent ?? ""));
    expect(lines.map((line) => line.textContent)).toEqual([
      "Data foldercannot writeChoose another.",
      "MCP serversno token is free",
      "Disk9 GB free",
    ]);
    remedied = true;
    await userEvent.click(screen.getByRole("button", { name: "Check again" }));
    await screen.findByText("Everything is as it should be");
  });

  it("make a bundle, say what is in it and hand it over", async () => {
    const url = vi.fn((_: Blob) => "blob:x");
    Object.assign(URL, { createObjectURL: url, revokeObjectURL: () => undefined });
    const saved = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
    const fake = await open("diagnostics", [], {
      "POST /api/diagnostics": () => ({ name: "bundle.zip", path: "/data/bundle.zip", bytes: 2000, entries: ["log.txt", "new.bin"] }),
      "GET /api/diagnostics/bundle.zip": () => new Response("zip"),
    });
    await userEvent.click(await screen.findByRole("button", { name: "Make a bundle" }));
    await screen.findByText("The last lines of the log");
    expect(screen.getByText("new.bin")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Download" }));
    await waitFor(() => expect(saved).toHaveBeenCalled());
    expect(fake.sent("GET /api/diagnostics/bundle.zip")).toHaveLength(1);
    expect(await url.mock.calls[0]?.[0].text()).toBe("zip");
  });

  it("tell the version, the licence and the address of the console", async () => {
    await open("about", []);
    await screen.findByText("Version 1.0.0");
    expect(screen.getByText("License: MIT OR Apache-2.0")).toBeTruthy();
    expect(screen.getByText("http://127.0.0.1:2048/console/")).toBeTruthy();
  });
});

describe("the log", () => {
  const line = (seq: number, message: string, level = "info") => ({ seq, at_ms: seq, level, target: "postern", message });

  it("grows live, is filtered by the server, and stands still when it is not followed", async () => {
    vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(400);
    vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(400);
    const asked: string[] = [];
    let last = 1;
    const fake = await open("logs", [], {
      "GET /api/logs": (_, url) => {
        asked.push(url.search);
        const after = Number(url.searchParams.get("after") ?? 0);
        const lines = [line(1, "begun"), line(2, "gone on"), line(3, "ended")].slice(after, last);
        return { lines, last, folder: "/data/logs" };
      },
    });
    await screen.findByText(/begun/);
    expect(screen.getByText("/data/logs")).toBeTruthy();
    last = 2;
    fake.emit({ event: "logs", last });
    await screen.findByText(/gone on/);
    expect(asked.at(-1)).toContain("after=1");

    await userEvent.click(screen.getByRole("switch", { name: "Follow" }));
    const before = asked.length;
    last = 3;
    fake.emit({ event: "logs", last });
    await userEvent.click(screen.getByRole("button", { name: "Read what is new" }));
    await screen.findByText(/ended/);
    expect(asked).toHaveLength(before + 1);

    await userEvent.click(screen.getByRole("radio", { name: "Warnings" }));
    await waitFor(() => expect(asked.at(-1)).toContain("level=warn"));
    await userEvent.type(screen.getByRole("searchbox"), "driver");
    await waitFor(() => expect(asked.at(-1)).toContain("search=driver"));
  });
});
