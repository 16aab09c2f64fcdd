import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import { openConsole, refusal } from "../../testing/console";
import type { Key } from "./rules";

afterEach(() => vi.restoreAllMocks());

const laptop: Key = {
  id: 7,
  name: "laptop",
  masked: "sk-ab****ef",
  value: "sk-ab****ef",
  status: "Valid",
  created_at: 1_700_000_000,
  enabled: true,
  requests: 12,
  models: [],
};
const list = (...keys: Key[]) => ({ success: true, keys, total_count: keys.length });

describe("the keys", () => {
  it("are made with their rules and shown once", async () => {
    let keys: Key[] = [];
    const page = await openConsole("/keys", {
      "GET /api/keys": () => list(...keys),
      "POST /api/keys": () => {
        keys = [laptop];
        return { success: true, message: "", key_count: 1, key: laptop, secret: "sk-the-secret-itself" };
      },
    });
    await userEvent.click((await screen.findAllByRole("button", { name: "Create key" }))[0] as HTMLElement);
    await userEvent.type(await screen.findByLabelText("Name"), "laptop");
    await userEvent.type(screen.getByLabelText("Models"), "gemini-*, postern/echo");
    await userEvent.type(screen.getByLabelText("Requests a minute"), "5");
    await userEvent.click(screen.getByRole("button", { name: "Create" }));
    expect(await screen.findByText("sk-the-secret-itself")).toBeDefined();
    expect(page.asked.find(({ call }) => call === "POST /api/keys")?.body).toEqual({
      name: "laptop",
      models: ["gemini-*", "postern/echo"],
      expires_at: null,
      per_minute: 5,
      per_day: null,
      record: true,
    });
    await userEvent.click(screen.getByRole("button", { name: "Done" }));
    await waitFor(() => expect(screen.queryByText("sk-the-secret-itself")).toBeNull());
    expect(await screen.findByText("sk-ab****ef")).toBeDefined();
  });

  it("keep what was written when they cannot be made", async () => {
    await openConsole("/keys", { "POST /api/keys": () => refusal(409, "conflict", "The name is taken.") });
    await userEvent.click((await screen.findAllByRole("button", { name: "Create key" }))[0] as HTMLElement);
    await userEvent.type(await screen.findByLabelText("Name"), "laptop");
    await userEvent.click(screen.getByRole("button", { name: "Create" }));
    expect(await screen.findByText(/The name is taken\./)).toBeDefined();
    expect((screen.getByLabelText("Name") as HTMLInputElement).value).toBe("laptop");
  });

  it("are switched off at once, with a way back", async () => {
    const page = await openConsole("/keys", {
      "GET /api/keys": () => list(laptop),
      "PATCH /api/keys/7": () => laptop,
    });
    await userEvent.click(await screen.findByRole("switch", { name: "Use laptop" }));
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    const said = () => page.asked.filter(({ call }) => call === "PATCH /api/keys/7").map(({ body }) => body);
    await waitFor(() => expect(said()).toEqual([{ enabled: false }, { enabled: true }]));
  });

  it("say before the last one goes that the server is open then", async () => {
    const page = await openConsole("/keys?id=7", {
      "GET /api/keys": () => list(laptop),
      "DELETE /api/keys/7": () => ({ success: true, message: "", key_count: 0 }),
    });
    await userEvent.click(await screen.findByRole("button", { name: "Delete key" }));
    expect(await screen.findByText(/none is needed any more/)).toBeDefined();
    const confirm = screen.getAllByRole("button", { name: "Delete key" }).at(-1) as HTMLElement;
    await userEvent.click(confirm);
    await waitFor(() => expect(page.asked.some(({ call }) => call === "DELETE /api/keys/7")).toBe(true));
  });
});
