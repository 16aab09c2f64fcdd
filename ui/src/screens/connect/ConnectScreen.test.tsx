import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import { openConsole, refusal, running, stopped } from "../../testing/console";

afterEach(() => vi.restoreAllMocks());

const found = {
  clients: [{ id: "aider", path: "/home/ada/.aider.conf.yml", exists: true, configured: false, backup_at: null }],
};
const preview = { path: "/home/ada/.aider.conf.yml", diff: "@@ -1 +1 @@\n-model: old\n+model: openai/postern/echo\n", revision: "r1", unchanged: false };

describe("connecting a client", () => {
  it("tells the address that the server really has", async () => {
    await openConsole("/connect?client=curl", { "GET /api/server": () => ({ ...running, base_url: "http://127.0.0.1:2051/v1", open: true }) });
    expect((await screen.findAllByText(/http:\/\/127\.0\.0\.1:2051\/v1/)).length).toBeGreaterThan(1);
    expect(screen.getByText(/Bearer postern/)).toBeDefined();
  });

  it("says when nobody would answer, and starts the server", async () => {
    const page = await openConsole("/connect", { "GET /api/server": () => stopped, "POST /api/server/start": () => running });
    await userEvent.click((await screen.findAllByRole("button", { name: "Start server" }))[0] as HTMLElement);
    await waitFor(() => expect(page.asked.some(({ call }) => call === "POST /api/server/start")).toBe(true));
  });

  it("names a new key after the client, with a number when there is one", async () => {
    const page = await openConsole("/connect?client=cline", {
      "GET /api/keys": () => ({ success: true, keys: [{ name: "Cline" }], total_count: 1 }),
      "POST /api/keys": () => ({ success: true, message: "", key_count: 2, key: {}, secret: "sk-0123456789abcdef" }),
    });
    await userEvent.click(await screen.findByRole("button", { name: "Create key for Cline" }));
    expect(await screen.findByText("sk-01****ef")).toBeDefined();
    expect(page.asked.find(({ call }) => call === "POST /api/keys")?.body).toEqual({ name: "Cline 2" });
  });

  it("writes a client's file only after its difference was shown", async () => {
    const page = await openConsole("/connect?client=aider", {
      "GET /api/clients": () => found,
      "POST /api/clients/aider/preview": () => preview,
      "POST /api/clients/aider/apply": () => ({ path: preview.path, backup: `${preview.path}.postern-backup` }),
    });
    await userEvent.click(await screen.findByRole("button", { name: "Show what would change" }));
    expect(await screen.findByText("+model: openai/postern/echo")).toBeDefined();
    await userEvent.click(screen.getByRole("button", { name: "Write file" }));
    await waitFor(() =>
      expect(page.asked.find(({ call }) => call === "POST /api/clients/aider/apply")?.body).toMatchObject({ revision: "r1" }),
    );
  });

  it("says that a file changed meanwhile", async () => {
    await openConsole("/connect?client=aider", {
      "GET /api/clients": () => found,
      "POST /api/clients/aider/preview": () => preview,
      "POST /api/clients/aider/apply": () => refusal(409, "conflict", "The file has changed since."),
    });
    await userEvent.click(await screen.findByRole("button", { name: "Show what would change" }));
    await userEvent.click(await screen.findByRole("button", { name: "Write file" }));
    expect(await screen.findByText(/The file has changed since\./)).toBeDefined();
  });
});
