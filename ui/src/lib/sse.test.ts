import { describe, expect, it } from "vitest";

import { eventData } from "./sse";

async function read(...pieces: string[]): Promise<string[]> {
  const bytes = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(stream) {
      for (const piece of pieces) stream.enqueue(bytes.encode(piece));
      stream.close();
    },
  });
  const events: string[] = [];
  for await (const data of eventData(body)) events.push(data);
  return events;
}

describe("server-sent events", () => {
  it("are read wherever the pieces end", async () => {
    const text = 'data: {"a":1}\n\ndata: two\r\ndata:lines\r\n\r\n: comment\n\nid: 3\ndata: 你\n\n';
    const whole = ['{"a":1}', "two\nlines", "你"];
    expect(await read(text)).toEqual(whole);
    expect(await read(...text)).toEqual(whole);
  });

  it("leave out an event that was not finished", async () => {
    expect(await read("data: done\n\ndata: half\n")).toEqual(["done"]);
  });
});
