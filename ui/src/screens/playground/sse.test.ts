import { expect, test } from "vitest";

import { FrameReader } from "./sse";

const stream = 'data: {"a":1}\n\n: keep-alive\n\nevent: x\r\ndata: one\r\ndata:two\r\n\r\ndata: 中文\r\rdata: [DONE]\n\n';
const events = ['{"a":1}', "one\ntwo", "中文", "[DONE]"];

test("events are the same wherever the pieces end", () => {
  for (let size = 1; size <= stream.length; size += 1) {
    const reader = new FrameReader();
    const seen: string[] = [];
    for (let at = 0; at < stream.length; at += size) seen.push(...reader.push(stream.slice(at, at + size)));
    expect(seen).toEqual(events);
  }
});

test("an event without its end is not one yet", () => {
  const reader = new FrameReader();
  expect(reader.push("data: half")).toEqual([]);
  expect(reader.push("\n")).toEqual([]);
  expect(reader.push("\n")).toEqual(["half"]);
});
