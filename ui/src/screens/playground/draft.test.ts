import { describe, expect, test } from "vitest";

import { attach, inlined, MOST_TEXT_BYTES } from "./attachments";
import { emptyDraft, emptyParameters, problems, toRequest, turn, wantsAnswer } from "./draft";
import { fromRequest } from "./replay";

const draft = { ...emptyDraft, model: "m", turns: [turn("user", "Hello")] };

describe("the request", () => {
  test("holds only what was set", () => {
    const parameters = { ...emptyParameters, stream: false };
    expect(toRequest({ ...draft, parameters })).toEqual({ model: "m", messages: [{ role: "user", content: "Hello" }] });
  });

  test("holds everything that was set", () => {
    const parameters = {
      temperature: "0.5",
      topP: " .9 ",
      maxTokens: "100",
      stop: "END\n\nSTOP",
      effort: "high",
      stream: true,
      other: '{"seed": 7, "stream_options": {"include_usage": false}}',
    };
    expect(toRequest({ ...draft, system: "Be brief.", parameters })).toEqual({
      model: "m",
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hello" },
      ],
      temperature: 0.5,
      top_p: 0.9,
      max_tokens: 100,
      stop: ["END", "STOP"],
      reasoning_effort: "high",
      seed: 7,
      stream: true,
      stream_options: { include_usage: false },
    });
  });

  test("sends images as parts and never sends reasoning or images of answers back", () => {
    const image = { id: "1", kind: "image" as const, name: "a.png", bytes: 3, data: "data:image/png;base64,AAAA" };
    const turns = [
      turn("user", "Look", [image]),
      { ...turn("assistant", "Seen", [{ ...image, kind: "made" as const }]), reasoning: "hm" },
    ];
    expect(toRequest({ ...draft, turns }).messages).toEqual([
      { role: "user", content: [{ type: "text", text: "Look" }, { type: "image_url", image_url: { url: image.data } }] },
      { role: "assistant", content: "Seen" },
    ]);
  });
});

test("parameters that the server would refuse are found before", () => {
  const wrong = { ...emptyParameters, temperature: "2.5", topP: "1,0", maxTokens: "0", other: "[1]" };
  expect(problems(wrong)).toEqual({ temperature: "temperature", topP: "topP", maxTokens: "maxTokens", other: "other" });
  expect(problems({ ...emptyParameters, other: '{"model": "x"}' })).toEqual({ other: "otherTaken" });
  expect(problems({ ...emptyParameters, temperature: "0", topP: "1", maxTokens: "8", other: "{}" })).toEqual({});
});

test("a conversation wants an answer when the user spoke last", () => {
  expect(wantsAnswer([])).toBe(false);
  expect(wantsAnswer([turn("user", "a"), turn("assistant", "b")])).toBe(false);
  expect(wantsAnswer([turn("user", "a")])).toBe(true);
  expect(wantsAnswer([{ ...turn("user", ""), raw: { role: "tool", content: "4" } }])).toBe(true);
});

describe("files", () => {
  test("of text stand in the message under their name, in a fence that they cannot close", () => {
    const file = { id: "1", kind: "text" as const, name: "notes.md", bytes: 9, data: "a\n```js\nb\n```\n" };
    expect(inlined("Sum it up", [file])).toBe("notes.md\n````md\na\n```js\nb\n```\n````\n\nSum it up");
  });

  test("are read when they are text or images, and refused with a reason when not", async () => {
    const text = await attach(new File(["naïve 中文"], "a.txt"), "1");
    expect(text).toMatchObject({ kind: "text", data: "naïve 中文" });
    const image = await attach(new File([new Uint8Array([1, 2])], "a.png", { type: "image/png" }), "2");
    expect(image).toMatchObject({ kind: "image", data: "data:image/png;base64,AQI=" });
    expect(await attach(new File([new Uint8Array([0xff, 0xfe])], "b.bin"), "3")).toEqual({ name: "b.bin", why: "notText" });
    expect(await attach(new File(["x".repeat(MOST_TEXT_BYTES + 1)], "c.txt"), "4")).toEqual({ name: "c.txt", why: "tooLarge" });
  });
});

describe("a recorded request", () => {
  test("becomes a draft that sends the same again", () => {
    const body = {
      model: "m",
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: [{ type: "text", text: "Look" }, { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }] },
        { role: "assistant", content: null, tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }] },
        { role: "tool", tool_call_id: "c", content: "4" },
      ],
      temperature: 0,
      stop: ["a", "b"],
      tools: [{ type: "function", function: { name: "f" } }],
      stream: true,
      stream_options: { include_usage: true },
    };
    const replayed = fromRequest(body);
    expect(replayed?.system).toBe("Be brief.");
    expect(replayed?.parameters.other).toBe(JSON.stringify({ tools: body.tools }, null, 2));
    expect(replayed && toRequest(replayed)).toEqual(body);
  });

  test("keeps stop texts that no line can hold", () => {
    const replayed = fromRequest({ model: "m", messages: [{ role: "user", content: "x" }], stop: ["\n"] });
    expect(replayed?.parameters).toMatchObject({ stop: "", other: '{\n  "stop": [\n    "\\n"\n  ]\n}' });
  });

  test("of another kind is none", () => {
    expect(fromRequest({ input: "x" })).toBeUndefined();
    expect(fromRequest("x")).toBeUndefined();
    expect(fromRequest({ messages: ["x"] })).toBeUndefined();
  });
});
