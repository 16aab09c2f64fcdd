import { describe, expect, it } from "vitest";

import { sample, through } from "./address";

const base = "http://127.0.0.1:2050/v1";

describe("the address of another server through this one", () => {
  it("is this server's without its version, and the other's name", () => {
    expect(through(base, "api.openai.com")).toBe("http://127.0.0.1:2050/api.openai.com");
    expect(through(base, "127.0.0.1:11434")).toBe("http://127.0.0.1:2050/127.0.0.1:11434");
    expect(through(base, "*.openai.azure.com")).toBe("http://127.0.0.1:2050/NAME.openai.azure.com");
  });

  it("is asked as the other server wants to be asked", () => {
    const asked = (domain: string, auth_type: "auto" | "google" | "anthropic" = "auto") => sample(base, { domain, auth_type });
    expect(asked("api.openai.com")).toContain("/api.openai.com/v1/chat/completions \\\n  -H 'authorization: Bearer");
    expect(asked("api.anthropic.com")).toMatch(/\/v1\/messages .*x-api-key: .*anthropic-version: /s);
    expect(asked("relay.example", "google")).toMatch(/:generateContent .*x-goog-api-key: /s);
  });
});
