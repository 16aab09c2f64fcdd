import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { ServerStatus } from "../api/types";
import { host } from "../host";
import type { Native } from "../host";
import { appearance, setAppearance } from "../lib/appearance";
import { openConsole, refusal, running, stopped } from "../testing/console";
import { fits } from "./Palette";

const failed: ServerStatus = {
  ...stopped,
  state: "failed",
  kind: "port_taken",
  why: "taken",
  holder: "ollama",
  free_port: 2049,
};

beforeEach(() => localStorage.clear());
afterEach(async () => {
  vi.restoreAllMocks();
  await setAppearance({ theme: "system", language: "system", density: "comfortable" });
});

describe("the frame", () => {
  it("leads to every page by the keyboard, with the focus on its title", async () => {
    const { router } = await openConsole("/");
    await screen.findByRole("heading", { name: "Overview", level: 1 });
    await userEvent.keyboard("{Control>}4{/Control}");
    const title = await screen.findByRole("heading", { name: "Keys", level: 1 });
    expect(router.state.location.pathname).toBe("/keys");
    expect(document.activeElement).toBe(title);
    expect(screen.getByRole("link", { name: "Keys" }).getAttribute("aria-current")).toBe("page");
    expect(document.title).toBe("Keys · Postern");
    await userEvent.keyboard("{Control>},{/Control}");
    await screen.findByRole("heading", { name: "Settings", level: 1 });
  });

  it("finds pages and actions in the palette, in other words too", async () => {
    const page = await openConsole("/");
    await screen.findByRole("heading", { name: "Overview", level: 1 });
    await userEvent.keyboard("{Control>}k{/Control}");
    const palette = await screen.findByRole("dialog", { name: "Commands" });
    await userEvent.keyboard("语言");
    expect(within(palette).getAllByRole("option").length).toBeGreaterThan(0);
    await userEvent.clear(within(palette).getByRole("combobox"));
    await userEvent.keyboard("stop{Enter}");
    await waitFor(() => expect(page.sent("POST /api/server/stop")).toHaveLength(1));
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("finds a command by words of it, in any order, and not by strewn letters", () => {
    expect(fits("server stop", "stop", ["Stop server"])).toBe(1);
    expect(fits("check site selectors", "stop", ["AI Studio page"])).toBe(0);
    expect(fits("check site selectors", "page check", ["AI Studio page"])).toBe(1);
    expect(fits("language zh-CN", "语言", ["简体中文", "语言"])).toBe(1);
    expect(fits("copy base url", "ase")).toBe(0.5);
  });

  it("has the page about the site among the pages", async () => {
    const { router } = await openConsole("/");
    await screen.findByRole("heading", { name: "Overview", level: 1 });
    await userEvent.keyboard("{Control>}k{/Control}");
    const pages = await screen.findByRole("group", { name: "Pages" });
    await userEvent.click(within(pages).getByRole("option", { name: "AI Studio page" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/settings/page"));
  });

  it("starts and stops the server with a shortcut, as the server is then", async () => {
    const page = await openConsole("/", { "POST /api/server/stop": () => stopped, "POST /api/server/start": () => running });
    await screen.findByText("The server is running");
    await userEvent.keyboard("{Control>}{Shift>}S{/Shift}{/Control}");
    const pill = await screen.findByTestId("server-pill");
    await waitFor(() => expect(pill.dataset.stateOfServer).toBe("stopped"));
    await userEvent.keyboard("{Control>}{Shift>}S{/Shift}{/Control}");
    await waitFor(() => expect(pill.dataset.stateOfServer).toBe("running"));
    expect(page.sent("POST /api/server/start")).toHaveLength(1);
  });

  it("tells when the server refuses", async () => {
    await openConsole("/", { "POST /api/server/stop": () => refusal(503, "unavailable", "It is busy.") });
    await userEvent.click(await screen.findByRole("button", { name: "Stop server" }));
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("The server could not be stopped");
    expect(alert.textContent).toContain("It is busy.");
  });

  it("keeps theme and language in the settings, and goes back when that is refused", async () => {
    const page = await openConsole("/", {
      "PATCH /api/settings": (body) =>
        JSON.stringify(body).includes("dark") ? { file: "", settings: [] } : refusal(409, "locked", "A flag decides this."),
    });
    await screen.findByRole("heading", { name: "Overview", level: 1 });
    await userEvent.keyboard("{Control>}k{/Control}");
    await userEvent.keyboard("theme dark{Enter}");
    await waitFor(() => expect(page.sent("PATCH /api/settings")).toEqual([{ changes: [{ key: "window.theme", value: "dark" }] }]));
    expect(document.documentElement.dataset.theme).toBe("dark");
    await userEvent.keyboard("{Control>}k{/Control}");
    await userEvent.keyboard("density compact{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain("A flag decides this.");
    await waitFor(() => expect(appearance().density).toBe("comfortable"));
  });

  it("looks and speaks as the settings say, also when they change elsewhere", async () => {
    const setting = (name: string, value: string) => ({
      key: `window.${name}`,
      kind: { type: "choice", options: [value] },
      value,
      default: value,
      source: "file",
      applies: "at_once",
    });
    let language = "en";
    const page = await openConsole("/", { "GET /api/settings": () => ({ file: "", settings: [setting("language", language)] }) });
    await screen.findByRole("heading", { name: "Overview", level: 1 });
    language = "zh-CN";
    page.emit({ event: "settings" });
    await screen.findByRole("heading", { name: "总览", level: 1 });
    expect(document.documentElement.lang).toBe("zh-CN");
    await setAppearance({ language: "en" });
  });
});

describe("the banner", () => {
  it("offers the next free port, and starts there", async () => {
    let now: ServerStatus = failed;
    const page = await openConsole("/keys", {
      "GET /api/server": () => now,
      "PATCH /api/settings": () => {
        now = { ...stopped, configured: "127.0.0.1:2049" };
        return { file: "", settings: [] };
      },
      "POST /api/server/start": () => running,
    });
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("ollama listens on 127.0.0.1:2048 already");
    await userEvent.click(within(alert).getByRole("button", { name: "Use port 2049" }));
    await waitFor(() => expect(page.sent("POST /api/server/start")).toHaveLength(1));
    expect(page.sent("PATCH /api/settings")).toEqual([{ changes: [{ key: "server.port", value: 2049 }] }]);
    await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  });

  it("tells that the door is open, until that is put away", async () => {
    const first = await openConsole("/keys", { "GET /api/server": () => ({ ...running, open: true }) });
    await userEvent.click(await screen.findByRole("button", { name: "Hide this note" }));
    expect(screen.queryByText(/No key exists yet/)).toBeNull();
    first.unmount();
    await openConsole("/keys", { "GET /api/server": () => ({ ...running, open: true }) });
    await screen.findByRole("heading", { name: "Keys", level: 1 });
    expect(screen.queryByText(/No key exists yet/)).toBeNull();
  });
});

describe("closing the window", () => {
  it("is asked about once, and done as the user says", async () => {
    const native = {
      reveal: vi.fn(),
      hide: vi.fn().mockResolvedValue(undefined),
      quit: vi.fn().mockResolvedValue(undefined),
      onCloseAsked: vi.fn((_: () => void) => () => undefined),
    } satisfies Native;
    Object.assign(host, { native });
    const page = await openConsole("/", { "PATCH /api/settings": () => ({ file: "", settings: [] }) });
    await screen.findByRole("heading", { name: "Overview", level: 1 });
    native.onCloseAsked.mock.lastCall?.[0]();
    const dialog = await screen.findByRole("dialog", { name: "Keep Postern running?" });
    await userEvent.click(within(dialog).getByRole("button", { name: "Keep running in the tray" }));
    await waitFor(() => expect(native.hide).toHaveBeenCalledOnce());
    expect(page.sent("PATCH /api/settings")).toEqual([{ changes: [{ key: "window.close", value: "tray" }] }]);
    expect(native.quit).not.toHaveBeenCalled();
    Object.assign(host, { native: undefined });
  });
});
