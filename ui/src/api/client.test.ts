import { afterEach, describe, expect, it, vi } from "vitest";

import { host } from "../host";
import { fakeConsole, refusal, running } from "../testing/console";
import { answer, client, onSignInNeeded } from "./client";
import { describeTrouble, Trouble } from "./trouble";

afterEach(() => vi.restoreAllMocks());

describe("the console API", () => {
  it("is asked through the host, below its own address", async () => {
    const fake = fakeConsole({ "PATCH /api/keys/7": () => ({}) });
    expect(await answer(client.GET("/api/server"))).toEqual(running);
    await answer(client.PATCH("/api/keys/{id}", { params: { path: { id: 7 } }, body: { enabled: false } }));
    expect(fake.asked.at(-1)).toEqual({ call: "PATCH /api/keys/7", body: { enabled: false } });
  });

  it("tells of trouble with what to do", async () => {
    fakeConsole({ "POST /api/server/start": () => refusal(503, "unavailable", "No.", "Wait.") });
    const trouble: unknown = await answer(client.POST("/api/server/start")).catch((error: unknown) => error);
    expect(trouble).toBeInstanceOf(Trouble);
    expect(trouble).toMatchObject({ code: "unavailable", message: "No.", action: "Wait.", status: 503 });
    expect(describeTrouble(trouble)).toMatchObject({ why: "No.", next: "Wait." });
    expect(describeTrouble(trouble).details).toContain("HTTP 503");
  });

  it("tells no answer from a refusal, and an abort from both", async () => {
    vi.spyOn(host, "fetch").mockRejectedValueOnce(new TypeError("network"));
    await expect(answer(client.GET("/api/server"))).rejects.toMatchObject({ code: "offline" });
    vi.spyOn(host, "fetch").mockRejectedValueOnce(new DOMException("", "AbortError"));
    await expect(answer(client.GET("/api/server"))).rejects.toMatchObject({ name: "AbortError" });
    vi.spyOn(host, "fetch").mockResolvedValueOnce(new Response("<html>", { status: 502 }));
    await expect(answer(client.GET("/api/server"))).rejects.toMatchObject({ code: "internal", status: 502 });
  });

  it("says when a login is needed", async () => {
    const needed = vi.fn();
    onSignInNeeded(needed);
    fakeConsole({ "GET /api/keys": () => refusal(401, "sign_in_needed", "Sign in.") });
    await expect(answer(client.GET("/api/keys"))).rejects.toThrow();
    expect(needed).toHaveBeenCalledOnce();
  });
});
