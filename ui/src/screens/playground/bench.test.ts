import { describe, expect, test, vi } from "vitest";

import { Bench, type Shelf } from "./bench";
import { turn } from "./draft";
import type { Fetch } from "./exchange";

function shelf(): Shelf & { held: Map<string, string> } {
  const held = new Map<string, string>();
  return {
    held,
    getItem: (key) => held.get(key) ?? null,
    setItem: (key, value) => void held.set(key, value),
    removeItem: (key) => void held.delete(key),
  };
}

const frame = (delta: unknown, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

/** A server whose answer the test writes piece by piece. */
function server(headers: Record<string, string> = {}) {
  const pieces = new TransformStream<Uint8Array, Uint8Array>();
  const writer = pieces.writable.getWriter();
  const asked: unknown[] = [];
  const fetch: Fetch = async (_path, init) => {
    asked.push(JSON.parse(String(init?.body)));
    init?.signal?.addEventListener("abort", () => void writer.abort(new DOMException("stopped", "AbortError")).catch(() => undefined));
    return new Response(pieces.readable, { headers: { "content-type": "text/event-stream", ...headers } });
  };
  const write = (text: string) => writer.write(new TextEncoder().encode(text));
  return { fetch, asked, write, end: () => writer.close() };
}

function bench(fetch: Fetch, kept = shelf()) {
  const one = new Bench(fetch, kept);
  one.edit({ model: "postern/echo" });
  one.add(turn("user", "Hi"));
  return one;
}

describe("a streamed answer", () => {
  test("goes into the conversation with what is known of it", async () => {
    const { fetch, asked, write, end } = server({
      "x-request-id": "req-1",
      "x-postern-upstream": "postern",
      "x-postern-ignored": "seed, logit_bias",
      "x-postern-warnings": "no top-p box; grey",
    });
    const one = bench(fetch);
    const sent = one.send();
    await write(frame({ role: "assistant", content: "" }) + frame({ reasoning_content: "Hm." }));
    await write(frame({ content: "He" }) + frame({ content: "llo" }) + frame({}, "length"));
    await write(`data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } })}\n\ndata: [DONE]\n\n`);
    await end();
    await sent;
    const { exchange, draft, busy } = one.state();
    expect(busy).toBe(false);
    expect(asked).toEqual([
      { model: "postern/echo", messages: [{ role: "user", content: "Hi" }], stream: true, stream_options: { include_usage: true } },
    ]);
    expect(exchange).toMatchObject({ phase: "done", requestId: "req-1", upstream: "postern", status: 200 });
    expect(exchange?.ignored).toEqual(["seed", "logit_bias"]);
    expect(exchange?.warnings).toEqual(["no top-p box", "grey"]);
    expect(exchange?.answer.frames.at(-1)?.data).toBe("[DONE]");
    expect(draft.turns.at(-1)).toMatchObject({
      role: "assistant",
      text: "Hello",
      reasoning: "Hm.",
      made: { model: "postern/echo", requestId: "req-1", completionTokens: 2, cut: "length" },
    });
  });

  test("that is stopped keeps what has come", async () => {
    const { fetch, write } = server();
    const one = bench(fetch);
    const sent = one.send();
    await write(frame({ content: "Half" }));
    await vi.waitFor(() => expect(one.state().exchange?.answer.text).toBe("Half"));
    one.stop();
    await sent;
    expect(one.state().exchange?.phase).toBe("stopped");
    expect(one.state().draft.turns.at(-1)).toMatchObject({ text: "Half", made: { cut: "stopped" } });
  });

  test("that fails within stays out of the conversation, and its error is told", async () => {
    const { fetch, write, end } = server();
    const one = bench(fetch);
    const sent = one.send();
    await write(frame({ content: "Half" }) + 'data: {"error":{"message":"It broke.","code":"interrupted","param":null}}\n\ndata: [DONE]\n\n');
    await end();
    await sent;
    expect(one.state().exchange).toMatchObject({ phase: "failed", answer: { text: "Half", error: { message: "It broke.", code: "interrupted" } } });
    expect(one.state().draft.turns).toHaveLength(1);
  });

  test("that ends without its last event is a failure", async () => {
    const { fetch, write, end } = server();
    const one = bench(fetch);
    const sent = one.send();
    await write(frame({ content: "Half" }));
    await end();
    await sent;
    expect(one.state().exchange).toMatchObject({ phase: "failed", answer: { error: { code: "interrupted" } } });
  });

  test("is shown ten times a second, however fast it comes", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { fetch, write, end } = server();
    const one = bench(fetch);
    const told = vi.fn();
    const sent = one.send();
    one.subscribe(told);
    for (let index = 0; index < 100; index += 1) {
      await write(frame({ content: "x" }));
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(told.mock.calls.length).toBeGreaterThan(7);
    expect(told.mock.calls.length).toBeLessThan(13);
    await write("data: [DONE]\n\n");
    await end();
    await sent;
    vi.useRealTimers();
    expect(one.state().draft.turns.at(-1)?.text).toHaveLength(100);
  });
});

test("a new conversation does not get the answer of the one before", async () => {
  const { fetch, write } = server();
  const one = bench(fetch);
  const sent = one.send();
  await write(frame({ content: "Half" }));
  one.clear();
  await sent;
  expect(one.state()).toMatchObject({ busy: false, draft: { model: "postern/echo", turns: [] } });
  expect(one.state().exchange).toBeUndefined();
});

test("an error answer is told with its status and code", async () => {
  const body = { error: { message: "Images are not sent yet.", type: "invalid_request_error", param: "messages[0]", code: null } };
  const one = bench(async () => Response.json(body, { status: 400, headers: { "x-request-id": "req-2" } }));
  await one.send();
  expect(one.state().exchange).toMatchObject({
    phase: "failed",
    requestId: "req-2",
    answer: { error: { message: "Images are not sent yet.", status: 400, param: "messages[0]" } },
  });
});

test("a whole answer is read too, and asked for again without the one before", async () => {
  const asked: { messages: unknown[] }[] = [];
  const one = bench(async (_path, init) => {
    asked.push(JSON.parse(String(init?.body)));
    return Response.json({ choices: [{ message: { content: "Hello" }, finish_reason: "stop" }], usage: { prompt_tokens: 1, completion_tokens: 1 } });
  });
  one.edit({ parameters: { ...one.state().draft.parameters, stream: false } });
  await one.send();
  await one.again();
  expect(asked.map((request) => request.messages)).toEqual([[{ role: "user", content: "Hi" }], [{ role: "user", content: "Hi" }]]);
  expect(one.state().draft.turns.map((message) => message.text)).toEqual(["Hi", "Hello"]);
});

test("what is written is stored once typing pauses, and not at all when the storage refuses it", async () => {
  const kept = shelf();
  const one = bench(async () => new Response(), kept);
  one.write("half a th");
  await vi.waitFor(() => expect(kept.held.size).toBe(1));
  const again = new Bench(async () => new Response(), kept);
  expect(again.state()).toMatchObject({ input: "half a th", draft: { model: "postern/echo", turns: [{ text: "Hi" }] } });
  kept.setItem = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  again.write("more");
  await vi.waitFor(() => expect(kept.held.size).toBe(0));
  expect(again.state().input).toBe("more");
});

test("what was written becomes a message, and asking sends it", async () => {
  const asked: { messages: unknown[] }[] = [];
  const one = new Bench(async (_path, init) => {
    asked.push(JSON.parse(String(init?.body)));
    return Response.json({ choices: [{ message: { content: "Yes" } }] });
  }, shelf());
  one.write("Is it?");
  one.put("assistant");
  one.write("Really?");
  one.attach(() => [{ id: "1", kind: "text", name: "a.txt", bytes: 1, data: "x" }]);
  await one.ask();
  expect(asked[0]?.messages).toEqual([
    { role: "assistant", content: "Is it?" },
    { role: "user", content: "a.txt\n```txt\nx\n```\n\nReally?" },
  ]);
  expect(one.state()).toMatchObject({ input: "", files: [] });
  expect(one.state().draft.turns.map((message) => message.role)).toEqual(["assistant", "user", "assistant"]);
});
