import { describe, expect, it, vi } from "vitest";

import { AT_ONCE, asText, type LogLine, LogTail } from "./tail";

const line = (seq: number, message = `line ${seq}`): LogLine => ({ seq, at_ms: seq, level: "info", target: "postern", message });
const page = (lines: LogLine[], last: number) => ({ lines, last, folder: "/logs" });
const seqs = (tail: LogTail) => tail.state().lines.map(({ seq }) => seq);

describe("the end of the log", () => {
  it("grows by what is new, and asks only when there is something", async () => {
    const read = vi.fn(async (after?: number) => (after === undefined ? page([line(1), line(2)], 2) : page([line(3)], 3)));
    const tail = new LogTail(read);
    await tail.pull();
    expect(seqs(tail)).toEqual([1, 2]);
    tail.grown(2);
    expect(read).toHaveBeenCalledTimes(1);
    tail.grown(3);
    await vi.waitFor(() => expect(seqs(tail)).toEqual([1, 2, 3]));
    expect(read.mock.calls[1]?.[0]).toBe(2);
  });

  it("reads what comes while it reads afterwards, one reading at a time", async () => {
    let open = 0;
    let most = 0;
    let last = 1;
    const tail = new LogTail(async (after = 0) => {
      most = Math.max(most, ++open);
      await Promise.resolve();
      open -= 1;
      const lines = after < last ? [line(last)] : [];
      return page(lines, last);
    });
    const first = tail.pull();
    last = 2;
    void tail.pull();
    void tail.pull();
    await first;
    expect(seqs(tail)).toContain(2);
    expect(most).toBe(1);
  });

  it("begins anew when the program did", async () => {
    const answers = [page([line(50)], 50), page([], 2), page([line(1), line(2)], 2)];
    const read = vi.fn(async (_after?: number) => answers.shift() ?? page([], 2));
    const tail = new LogTail(read);
    await tail.pull();
    await tail.pull();
    expect(seqs(tail)).toEqual([1, 2]);
    expect(read.mock.calls.map(([after]) => after)).toEqual([undefined, 50, undefined]);
  });

  it("leaves out old lines rather than a gap", async () => {
    const many = Array.from({ length: AT_ONCE }, (_, index) => line(10_000 + index));
    const answers = [page([line(1)], 1), page(many, 12_000)];
    const tail = new LogTail(async () => answers.shift() ?? page([], 12_000));
    await tail.pull();
    await tail.pull();
    expect(seqs(tail)[0]).toBe(10_000);
  });

  it("keeps what it has when reading fails, and says why", async () => {
    let broken = false;
    const tail = new LogTail(async () => {
      if (broken) throw new Error("gone");
      return page([line(1)], 1);
    });
    await tail.pull();
    broken = true;
    await tail.pull();
    expect(seqs(tail)).toEqual([1]);
    expect(tail.state().trouble).toEqual(new Error("gone"));
  });

  it("says nothing more once it has ended", async () => {
    const tail = new LogTail(async () => page([line(1)], 1));
    const told = vi.fn();
    tail.subscribe(told);
    tail.end();
    await tail.pull();
    expect(told).not.toHaveBeenCalled();
  });
});

it("a line as text has its moment, its level and where it comes from", () => {
  expect(asText({ ...line(1, "ready"), at_ms: 0 })).toBe("1970-01-01T00:00:00.000Z INFO  postern: ready");
});
