import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";

import type { Schemas } from "../../api/types";
import { type Answers, openConsole, refusal } from "../../testing/console";
import type { Setting } from "./model";

const setting = (key: string, kind: Setting["kind"], value: unknown, more: Partial<Setting> = {}): Setting => ({
  key,
  kind,
  value,
  default: value,
  source: "default",
  applies: "at_once",
  ...more,
});
const port = setting("server.port", { type: "integer", min: 0, max: 65_535, unit: "port" }, 2048, { applies: "rebind" });

type Change = Schemas["SettingsChange"];

/** A console that keeps settings as the real one does. */
function keeping(given: readonly Setting[]): Answers {
  let settings = [...given];
  const view = () => ({ file: "/data/config.toml", settings });
  return {
    "GET /api/settings": view,
    "PATCH /api/settings": (body) => {
      for (const { key, value } of (body as Change).changes) {
        settings = settings.map((old) =>
          old.key !== key ? old : value === null ? { ...old, value: old.default, source: "default" } : { ...old, value, source: "file" },
        );
      }
      return view();
    },
  };
}

const open = (section: string, settings: readonly Setting[], more: Answers = {}) =>
  openConsole(`/settings/${section}`, { ...keeping(settings), ...more });
const row = (name: string) => screen.findByRole("group", { name });
const changes = (fake: { sent: (call: string) => unknown[] }) =>
  fake.sent("PATCH /api/settings").flatMap((body) => (body as Change).changes.map(({ key, value }) => [key, value]));

// Toasts hold on to the pointer, which jsdom cannot.
beforeAll(() => void Object.assign(Element.prototype, { setPointerCapture: () => undefined }));
afterEach(() => vi.restoreAllMocks());

describe("a setting", () => {
  it("is saved when it is left, marked as changed, and taken back to nobody's choice", async () => {
    const fake = await open("limits", [setting("limits.queue_length", { type: "integer", min: 1, max: 1000, unit: "count" }, 100)]);
    const queue = await row("Queue");
    expect(within(queue).getByText(/^Default: 100/)).toBeTruthy();
    const input = within(queue).getByLabelText("Queue");
    await userEvent.clear(input);
    await userEvent.type(input, "50");
    await userEvent.tab();
    await within(queue).findByText("Changed");
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(within(queue).queryByText("Changed")).toBeNull());
    expect(changes(fake)).toEqual([["limits.queue_length", 50], ["limits.queue_length", null]]);
    expect((input as HTMLInputElement).value).toBe("100");
  });

  it("is taken back to what the file said before", async () => {
    const fake = await open("browser", [setting("browser.headless", { type: "bool" }, false, { source: "file", default: true })]);
    await userEvent.click(within(await row("Without a window")).getByRole("switch"));
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(changes(fake)).toEqual([["browser.headless", true], ["browser.headless", false]]));
  });

  it("goes back to its default", async () => {
    const fake = await open("browser", [setting("browser.headless", { type: "bool" }, false, { source: "file", default: true })]);
    await userEvent.click(await screen.findByRole("button", { name: "Reset Without a window to its default" }));
    await waitFor(() => expect(changes(fake)).toEqual([["browser.headless", null]]));
    await waitFor(() => expect(screen.queryByRole("button", { name: /Reset/ })).toBeNull());
  });

  it("keeps what was written and says what the server says about it, until Esc", async () => {
    const text = setting("aistudio.url", { type: "text", expected: "a URL" }, "https://aistudio.google.com");
    const fake = await open("aistudio", [text], {
      "PATCH /api/settings": () => refusal(400, "invalid", "aistudio.url: aistudio.url[0]: expected a URL that starts with https://"),
    });
    const input = within(await row("Address of the site")).getByRole<HTMLInputElement>("textbox");
    await userEvent.clear(input);
    await userEvent.type(input, "nonsense{Enter}");
    const alert = await screen.findByText("expected a URL that starts with https://");
    expect(input.value).toBe("nonsense");
    expect(input.getAttribute("aria-invalid")).toBe("true");
    expect(document.getElementById(input.getAttribute("aria-describedby")?.split(" ").at(-1) ?? "")?.contains(alert)).toBe(true);
    await userEvent.tab();
    expect(fake.sent("PATCH /api/settings")).toHaveLength(1);
    input.focus();
    await userEvent.keyboard("{Escape}");
    expect(input.value).toBe("https://aistudio.google.com");
    expect(screen.queryByText("expected a URL that starts with https://")).toBeNull();
  });

  it("refuses a number out of bounds without asking", async () => {
    const fake = await open("server", [port]);
    const input = within(await row("Port")).getByRole("textbox");
    await userEvent.clear(input);
    await userEvent.type(input, "70000{Enter}");
    await screen.findByText("Write a whole number from 0 to 65535.");
    expect(fake.sent("PATCH /api/settings")).toEqual([]);
  });

  it("offers the free port when the wanted one is taken", async () => {
    const taken = (body: unknown) =>
      (body as Change).changes[0]?.value === 2049
        ? refusal(409, "conflict", "Another program listens there.", "Port 2050 is free.")
        : { file: "", settings: [{ ...port, value: 2050, source: "file" }] };
    const fake = await open("server", [port], { "PATCH /api/settings": taken });
    const input = within(await row("Port")).getByRole<HTMLInputElement>("textbox");
    await userEvent.clear(input);
    await userEvent.type(input, "2049{Enter}");
    await screen.findByText("Another program listens there.");
    await userEvent.click(screen.getByRole("button", { name: "Use port 2050" }));
    await waitFor(() => expect(input.value).toBe("2050"));
    expect(changes(fake)).toEqual([["server.port", 2049], ["server.port", 2050]]);
    expect(screen.queryByText("Another program listens there.")).toBeNull();
  });

  it("cannot be changed while the environment decides, and says so", async () => {
    await open("server", [{ ...port, source: "environment" }]);
    const locked = await row("Port");
    expect(within(locked).getByRole<HTMLInputElement>("textbox").disabled).toBe(true);
    expect(within(locked).getByText(/An environment variable decides this/)).toBeTruthy();
    expect(within(locked).getByText("The server moves to the new address")).toBeTruthy();
  });

  it("of bytes is written in MiB and saved to the byte", async () => {
    const kind = { type: "integer", min: 0, max: 1e12, unit: "bytes" } as const;
    const fake = await open("limits", [setting("limits.body_bytes", kind, 67_108_864)]);
    const size = await row("Size of a request");
    const input = within(size).getByRole<HTMLInputElement>("textbox");
    expect(input.value).toBe("64");
    expect(within(size).getByText("= 67,108,864 bytes")).toBeTruthy();
    await userEvent.clear(input);
    await userEvent.type(input, "1.5{Enter}");
    await waitFor(() => expect(changes(fake)).toEqual([["limits.body_bytes", 1_572_864]]));
  });

  it("of several texts gains, changes and loses lines", async () => {
    const fake = await open("server", [setting("server.allowed_hosts", { type: "list", expected: "a host" }, ["one.test"])]);
    const hosts = await row("Further host names");
    await userEvent.type(within(hosts).getByLabelText("Further host names, new entry"), "two.test{Enter}");
    const second = await within(hosts).findByLabelText("Further host names, entry 2");
    await userEvent.type(second, "s");
    await userEvent.tab();
    await waitFor(() => expect(changes(fake)).toHaveLength(2));
    await userEvent.click(within(hosts).getByRole("button", { name: "Remove one.test" }));
    await waitFor(() => expect(changes(fake).map(([, value]) => value)).toEqual([["one.test", "two.test"], ["one.test", "two.tests"], ["two.tests"]]));
  });

  it("of names and texts gains and loses pairs", async () => {
    const fake = await open("models", [setting("models.aliases", { type: "map", expected: "a model" }, { a: "b" })]);
    const aliases = await row("Aliases");
    await userEvent.type(within(aliases).getByLabelText("Aliases, new name"), "gpt");
    await userEvent.type(within(aliases).getByLabelText("Aliases, meaning of the new name"), "gemini{Enter}");
    await within(aliases).findByLabelText("Meaning of gpt");
    await userEvent.click(within(aliases).getByRole("button", { name: "Remove a" }));
    await waitFor(() => expect(changes(fake).map(([, value]) => value)).toEqual([{ a: "b", gpt: "gemini" }, { gpt: "gemini" }]));
  });

  it("of a newer server is shown under its raw name", async () => {
    await open("vault", [setting("vault.keyring", { type: "choice", options: ["a", "b", "c", "d"] }, "a")]);
    expect(within(await row("vault.keyring")).getByRole<HTMLSelectElement>("combobox").value).toBe("a");
    expect(screen.getByRole("link", { name: "vault" }).getAttribute("aria-current")).toBe("page");
  });
});

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
          ...(remedied ? [] : [{ subject: "data folder", health: "problem", message: "cannot write", remedy: "Choose another." }]),
        ],
      }),
    });
    await screen.findByText("1 problem");
    const lines = screen.getAllByRole("listitem").filter((item) => /free|write/.test(item.textContent ?? ""));
    expect(lines.map((line) => line.textContent)).toEqual(["Data foldercannot writeChoose another.", "Disk9 GB free"]);
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
