import { describe, expect, it, vi } from "vitest";

import { bridgeFetch, type Call, type Piece } from "./bridge";

function shell() {
  const calls: Call[] = [];
  let send: (piece: Piece) => void = () => undefined;
  const carry = vi.fn(async (call: Call, onPiece: (piece: Piece) => void) => {
    calls.push(call);
    if (call.kind === "open") send = onPiece;
  });
  return { calls, fetch: bridgeFetch(carry), send: (...pieces: Piece[]) => pieces.forEach((piece) => send(piece)), carry };
}

const head: Piece = { kind: "head", status: 200, headers: [["content-type", "text/plain"]] };

describe("fetch over the shell", () => {
  it("carries method, path and body, and gives the answer as a standard response", async () => {
    const { calls, fetch, send } = shell();
    const answer = fetch("/api/keys", { method: "POST", body: '{"name":"a"}' });
    send(head, { kind: "body", text: "he" }, { kind: "body", text: "llo" }, { kind: "end" });
    const response = await answer;
    expect(calls[0]).toMatchObject({ kind: "open", method: "POST", path: "/api/keys", body: '{"name":"a"}' });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/plain");
    expect(await response.text()).toBe("hello");
  });

  it("gives the body as it comes, before its end", async () => {
    const { fetch, send } = shell();
    const answer = fetch("/api/events");
    send(head, { kind: "body", text: "first" });
    const reader = (await answer).body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("first");
    send({ kind: "body", text: "second" });
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("second");
  });

  it("puts a character together that was cut in two", async () => {
    const { fetch, send } = shell();
    const answer = fetch("/api/logs");
    const [first, second] = [btoa("\xe4\xbd"), btoa("\xa0")];
    send(head, { kind: "body", base64: first }, { kind: "body", base64: second }, { kind: "end" });
    expect(await (await answer).text()).toBe("你");
  });

  it("gives answers without a body", async () => {
    const { fetch, send } = shell();
    const answer = fetch("/api/session", { method: "DELETE" });
    send({ kind: "head", status: 204, headers: [] }, { kind: "end" });
    const response = await answer;
    expect(response.status).toBe(204);
    expect(response.body).toBeNull();
  });

  it("drops the answer in the shell when it is aborted, before and within the body", async () => {
    const { calls, fetch, send } = shell();
    const before = new AbortController();
    const never = fetch("/api/a", { signal: before.signal });
    before.abort();
    await expect(never).rejects.toMatchObject({ name: "AbortError" });
    expect(calls.at(-1)).toEqual({ kind: "drop", id: (calls[0] as { id: number }).id });

    const within = new AbortController();
    const begun = fetch("/api/b", { signal: within.signal });
    send(head);
    const body = (await begun).text();
    within.abort();
    await expect(body).rejects.toMatchObject({ name: "AbortError" });
    expect(calls.filter(({ kind }) => kind === "drop")).toHaveLength(2);
  });

  it("drops the answer when its reader turns away, once", async () => {
    const { calls, fetch, send } = shell();
    const answer = fetch("/api/events");
    send(head);
    await (await answer).body?.cancel();
    send({ kind: "body", text: "late" }, { kind: "end" });
    expect(calls.filter(({ kind }) => kind === "drop")).toHaveLength(1);
  });

  it("drops nothing when the answer is complete", async () => {
    const { calls, fetch, send } = shell();
    const stop = new AbortController();
    const answer = fetch("/api/a", { signal: stop.signal });
    send(head, { kind: "end" });
    await (await answer).text();
    stop.abort();
    expect(calls).toHaveLength(1);
  });

  it("fails when the shell has no answer, or breaks off", async () => {
    const { fetch, send, carry } = shell();
    const refused = fetch("/api/a");
    send({ kind: "error", message: "the program ends" });
    await expect(refused).rejects.toThrow("the program ends");

    const broken = fetch("/api/b");
    send(head, { kind: "body", text: "half" }, { kind: "error", message: "broken" });
    await expect((await broken).text()).rejects.toThrow("broken");

    carry.mockRejectedValueOnce(new Error("not allowed"));
    await expect(fetch("/api/c")).rejects.toThrow("not allowed");
  });

  it("asks for nothing when it was aborted already", async () => {
    const { calls, fetch } = shell();
    await expect(fetch("/api/a", { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
    expect(calls).toEqual([]);
  });
});
