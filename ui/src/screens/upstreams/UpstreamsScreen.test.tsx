import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import { openConsole, refusal } from "../../testing/console";
import type { Template, Upstream, UpstreamKey } from "./words";

afterEach(() => vi.restoreAllMocks());

const key: UpstreamKey = {
  name: "key-1",
  masked: "AIza****f3",
  origin: { from: "pasted" },
  status: { state: "ready" },
  says: "",
  enabled: true,
  weight: 1,
  priority: 0,
  cooldowns: [],
  uses_today: 3,
};
const gemini: Upstream = {
  name: "gemini",
  kind: "gemini",
  base_url: "",
  host: "generativelanguage.googleapis.com",
  enabled: true,
  order: 100,
  max_at_once: 0,
  models: [],
  excluded: [],
  keys: [key],
  model_count: 2,
};
const templates: Template[] = [
  { name: "gemini", title: "Google Gemini", kind: "gemini", base_url: "", needs_key: true, key_begins: "AIza" },
  { name: "ollama", title: "Ollama", kind: "openai", base_url: "http://127.0.0.1:11434/v1", needs_key: false },
  { name: "azure", title: "Azure OpenAI", kind: "openai", base_url: "https://RESOURCE.openai.azure.com", needs_key: true },
];
const model = (id: string, excluded = false) => ({ name: `gemini/${id}`, card: { id, thinking: false }, excluded, accounts: [] });
const usual = {
  "GET /api/upstreams": () => ({ upstreams: [gemini] }),
  "GET /api/upstreams/templates": () => ({ templates }),
  "GET /api/upstreams/gemini/models": () => ({ name: "gemini", models: [model("flash"), model("pro", true)] }),
};

describe("the upstreams", () => {
  it("are added from a template, with a key that is tried first and sent once", async () => {
    let all: Upstream[] = [];
    const page = await openConsole("/upstreams", {
      ...usual,
      "GET /api/upstreams": () => ({ upstreams: all }),
      "POST /api/upstreams/try": () => ({ works: true, says: "The key is accepted.", models: ["flash", "pro"] }),
      "POST /api/upstreams": () => {
        all = [gemini];
        return gemini;
      },
    });
    await userEvent.click(await screen.findByRole("button", { name: "Add upstream" }));
    await userEvent.click(await screen.findByRole("button", { name: /Google Gemini/ }));
    await userEvent.type(await screen.findByLabelText("API key"), "AIza-the-secret");
    await userEvent.click(screen.getByRole("button", { name: "Try the key" }));
    expect(await screen.findByText("The key is accepted.")).toBeDefined();
    await userEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Add upstream" }));
    await waitFor(() =>
      expect(page.asked.find(({ call }) => call === "POST /api/upstreams")?.body).toEqual({
        name: "gemini",
        kind: "gemini",
        base_url: "",
        no_key: false,
        key: { value: "AIza-the-secret" },
      }),
    );
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(document.body.textContent).not.toContain("AIza-the-secret");
    expect((await screen.findAllByText("AIza****f3"))[0]).toBeDefined();
  });

  it("are not added before what only their owner knows is filled in", async () => {
    const page = await openConsole("/upstreams", { ...usual, "GET /api/upstreams": () => ({ upstreams: [] }) });
    await userEvent.click(await screen.findByRole("button", { name: "Add upstream" }));
    await userEvent.click(await screen.findByRole("button", { name: /Azure/ }));
    await userEvent.type(await screen.findByLabelText("API key"), "k{Enter}");
    expect(screen.getByText("Put what your account tells in place of RESOURCE.")).toBeDefined();
    expect(page.asked.some(({ call }) => call === "POST /api/upstreams")).toBe(false);
  });

  it("keep what was written when they cannot be added", async () => {
    await openConsole("/upstreams", {
      ...usual,
      "GET /api/upstreams": () => ({ upstreams: [] }),
      "POST /api/upstreams": () => refusal(409, "conflict", "The name is taken."),
    });
    await userEvent.click(await screen.findByRole("button", { name: "Add upstream" }));
    await userEvent.click(await screen.findByRole("button", { name: /Ollama/ }));
    await userEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Add upstream" }));
    expect(await screen.findByText(/The name is taken\./)).toBeDefined();
    expect((screen.getByLabelText("Address") as HTMLInputElement).value).toBe("http://127.0.0.1:11434/v1");
  });

  it("offer each model or not, with a way back", async () => {
    const page = await openConsole("/upstreams?name=gemini", { ...usual, "PATCH /api/upstreams/gemini": () => gemini });
    await userEvent.click(await screen.findByRole("switch", { name: "Offer flash" }));
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    const said = () => page.asked.filter(({ call }) => call === "PATCH /api/upstreams/gemini").map(({ body }) => body);
    await waitFor(() => expect(said()).toEqual([{ excluded: ["flash"] }, { excluded: [] }]));
  });

  it("ask before a key goes to another host than the one it was pasted for", async () => {
    const moved: Upstream = { ...gemini, host: "relay.example", keys: [{ ...key, pasted_for: "generativelanguage.googleapis.com" }] };
    const page = await openConsole("/upstreams?name=gemini", {
      ...usual,
      "GET /api/upstreams": () => ({ upstreams: [moved] }),
      "PATCH /api/upstreams/gemini/keys/key-1": () => key,
    });
    await userEvent.click(await screen.findByRole("button", { name: "Send it to relay.example" }));
    await waitFor(() =>
      expect(page.asked.find(({ call }) => call === "PATCH /api/upstreams/gemini/keys/key-1")?.body).toEqual({ confirm_host: true }),
    );
  });

  it("lead a key through a proxy of its own, which is shown without its password", async () => {
    let led: UpstreamKey = { ...key, proxy: "socks5h://****@127.0.0.1:1080" };
    const page = await openConsole("/upstreams?name=gemini", {
      ...usual,
      "GET /api/upstreams": () => ({ upstreams: [{ ...gemini, keys: [led] }] }),
      "PATCH /api/upstreams/gemini/keys/key-1": (change) => (led = { ...led, proxy: (change as { proxy: string }).proxy }),
    });
    expect((await screen.findAllByText("through socks5h://****@127.0.0.1:1080"))[0]).toBeDefined();
    // Without a layout, the movable edge of the inspector takes the mouse; keys go through.
    screen.getByRole("button", { name: "More for key key-1" }).focus();
    await userEvent.keyboard("{Enter}");
    (await screen.findByRole("menuitem", { name: "Proxy" })).focus();
    await userEvent.keyboard("{Enter}");
    const field = await screen.findByLabelText("Proxy");
    await userEvent.clear(field);
    await userEvent.type(field, "direct{Enter}");
    expect((await screen.findAllByText("through direct"))[0]).toBeDefined();
    expect(page.sent("PATCH /api/upstreams/gemini/keys/key-1")).toEqual([{ proxy: "direct" }]);
  });

  it("leave a key of the environment to the environment", async () => {
    const fixed: Upstream = { ...gemini, keys: [{ ...key, name: "environment", origin: { from: "environment", variable: "GEMINI_API_KEY" } }] };
    await openConsole("/upstreams?name=gemini", { ...usual, "GET /api/upstreams": () => ({ upstreams: [fixed] }) });
    expect(await screen.findByText(/GEMINI_API_KEY/)).toBeDefined();
    expect(screen.queryByRole("button", { name: /^More for key/ })).toBeNull();
  });
});
