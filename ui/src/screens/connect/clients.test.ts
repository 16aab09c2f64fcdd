import { describe, expect, it } from "vitest";

import { type ClientName, clients, masked, type Values } from "./clients";

const values: Values = { base: "http://127.0.0.1:2050/v1", key: "sk-0123456789abcdef", model: "it's/a model" };
const snippets = (id: ClientName) => clients.find((client) => client.id === id)?.snippets.map(({ code }) => code(values)) ?? [];

describe("what clients are told", () => {
  it("has the real address, key and model wherever they belong", () => {
    for (const client of clients.filter(({ snippets }) => snippets.length > 0)) {
      const text = client.snippets.map(({ code }) => code({ ...values, model: "m-1" })).join("\n");
      expect(text, client.name).toContain("http://127.0.0.1:2050");
      expect(text, client.name).toContain("sk-0123456789abcdef");
    }
  });

  it("is safe in a shell whatever the model is called", () => {
    expect(snippets("aider")[0]).toContain("'openai/it'\\''s/a model'");
    expect(snippets("curl")[0]).toContain("it'\\''s/a model");
  });

  it("is an address without a version for those that add their own", () => {
    for (const id of ["claudecode", "geminicli"] as const) {
      expect(snippets(id)[0]).toMatch(/_BASE_URL=http:\/\/127\.0\.0\.1:2050$/m);
    }
    expect(snippets("codex")[0]).toContain('base_url = "http://127.0.0.1:2050/v1"');
  });

  it("never carries the key in a link", () => {
    for (const { link } of clients) {
      if (!link) continue;
      const config = new URL(link(values)).searchParams.get("config") ?? "";
      const text = atob(config);
      expect(text).not.toContain("sk-");
      expect(JSON.parse(text)).toMatchObject({ settings: { apiHost: "http://127.0.0.1:2050" } });
    }
  });

  it("is masked where it is only shown", () => {
    expect(masked("sk-0123456789abcdef")).toBe("sk-01****ef");
    expect(masked("postern")).toBe("postern");
  });
});
