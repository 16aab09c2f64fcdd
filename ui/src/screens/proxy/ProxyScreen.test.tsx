import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import { openConsole, refusal } from "../../testing/console";
import type { Domain, ProxyView } from "./address";

afterEach(() => vi.restoreAllMocks());

const openai: Domain = { domain: "api.openai.com", auth_type: "openai", https: true, vendor: true, listed: false, record: true };
const ollama: Domain = { domain: "127.0.0.1:11434", auth_type: "off", https: false, vendor: false, listed: true, record: true };
const view: ProxyView = {
  known_vendors: true,
  domains: [openai, ollama],
  withdrawn: [],
  refused: [{ domain: "api.relay.example", times: 3, last_ms: Date.now() - 60_000 }],
};

describe("the path proxy", () => {
  it("lets a refused domain through with one click, with a way back", async () => {
    const page = await openConsole("/proxy", {
      "GET /api/proxy": () => view,
      "POST /api/proxy/allow": () => ({ ...view, refused: [] }),
      "DELETE /api/proxy/allow/api.relay.example": () => view,
    });
    await userEvent.click(await screen.findByRole("button", { name: "Allow api.relay.example" }));
    expect(page.asked.find(({ call }) => call === "POST /api/proxy/allow")?.body).toEqual({ domain: "api.relay.example" });
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(page.asked.some(({ call }) => call === "DELETE /api/proxy/allow/api.relay.example")).toBe(true));
  });

  it("shows the address that stands for the server's own", async () => {
    await openConsole("/proxy", { "GET /api/proxy": () => view });
    expect(await screen.findByText("http://127.0.0.1:2048/api.openai.com")).toBeDefined();
    await userEvent.selectOptions(screen.getByLabelText("Server"), "127.0.0.1:11434");
    expect(await screen.findByText("http://127.0.0.1:2048/127.0.0.1:11434")).toBeDefined();
  });

  it("keeps all of an entry when one thing of it is changed", async () => {
    const page = await openConsole("/proxy", {
      "GET /api/proxy": () => ({ ...view, domains: [{ ...ollama, key: "local" }] }),
      "POST /api/proxy/allow": () => view,
    });
    await userEvent.selectOptions(await screen.findByLabelText("How 127.0.0.1:11434 wants its credential"), "openai");
    await waitFor(() =>
      expect(page.asked.find(({ call }) => call === "POST /api/proxy/allow")?.body).toEqual({
        domain: "127.0.0.1:11434",
        auth_type: "openai",
        https: false,
        key: "local",
      }),
    );
  });

  it("says why a name was not taken, and keeps it", async () => {
    await openConsole("/proxy", {
      "GET /api/proxy": () => view,
      "POST /api/proxy/allow": () => refusal(422, "invalid", "`a b` is no name of a server."),
    });
    await userEvent.type(await screen.findByLabelText("Another server"), "a b");
    await userEvent.click(screen.getByRole("button", { name: "Allow" }));
    expect(await screen.findByText(/is no name of a server/)).toBeDefined();
    expect((screen.getByLabelText("Another server") as HTMLInputElement).value).toBe("a b");
  });
});
