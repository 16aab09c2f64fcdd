import { describe, expect, it, vi } from "vitest";

import { browserHost } from "./browser";

describe("the console in a browser", () => {
  it("marks its requests as its own page's, with the session", async () => {
    const fetched = vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response("{}"));
    await browserHost().fetch("/api/keys", { method: "POST", body: "{}", headers: { "content-type": "application/json" } });
    const [path, init] = fetched.mock.calls[0] ?? [];
    expect(path).toBe("/api/keys");
    expect(init).toMatchObject({ method: "POST", body: "{}", credentials: "same-origin" });
    const headers = new Headers(init?.headers);
    expect(headers.get("x-postern-console")).toBe("1");
    expect(headers.get("content-type")).toBe("application/json");
  });

  it("opens web addresses without giving them a hold on the page", async () => {
    const opened = vi.spyOn(window, "open").mockReturnValue(null);
    await browserHost().openExternal("https://example.org/");
    expect(opened).toHaveBeenCalledWith("https://example.org/", "_blank", "noopener,noreferrer");
  });

  it("promises nothing that only the window can do", () => {
    expect(browserHost().native).toBeUndefined();
  });
});
