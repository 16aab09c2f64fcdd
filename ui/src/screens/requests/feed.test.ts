import { describe, expect, test, vi } from "vitest";

import { Feed, type RowsPage, type Source } from "./feed";
import type { RequestRow } from "./filter";

const row = (at: number, outcome: RequestRow["outcome"] = "ok"): RequestRow => ({
  id: `r${String(at).padStart(4, "0")}`,
  at_ms: at,
  method: "POST",
  path: "/v1/chat/completions",
  source: "client",
  stream: false,
  outcome,
});
const page = (ats: number[], next?: string): RowsPage => ({ rows: ats.map((at) => row(at)), ...(next && { next }) });
const source = (pages: RowsPage[], extra: Partial<Source> = {}): Source => ({
  page: vi.fn(async () => pages.shift() ?? { rows: [] }),
  row: vi.fn(async () => undefined),
  ...extra,
});
const times = (feed: Feed) => feed.rows.all().map((one) => one.at_ms);

describe("the list", () => {
  test("is read page by page until there is no more", async () => {
    const from = source([page([9, 8], "c1"), page([7, 6])]);
    const feed = new Feed({}, from);
    await feed.reload();
    expect(feed.state()).toMatchObject({ phase: "ready", more: true });
    await feed.older();
    await feed.older();
    expect(times(feed)).toEqual([9, 8, 7, 6]);
    expect(feed.state().more).toBe(false);
    expect(from.page).toHaveBeenCalledTimes(2);
    expect(from.page).toHaveBeenLastCalledWith({}, "c1");
  });

  test("says why it could not be read, and is read on the next try", async () => {
    const feed = new Feed({}, source([page([1])], { page: vi.fn().mockRejectedValueOnce(new Error("no")).mockResolvedValue(page([1])) }));
    await feed.reload();
    expect(feed.state()).toMatchObject({ phase: "failed", error: new Error("no") });
    await feed.refresh();
    expect(times(feed)).toEqual([1]);
  });

  test("keeps its rows when older ones cannot be read", async () => {
    const feed = new Feed({}, source([], { page: vi.fn().mockResolvedValueOnce(page([5], "c")).mockRejectedValueOnce(new Error("no")) }));
    await feed.reload();
    await feed.older();
    expect(times(feed)).toEqual([5]);
    expect(feed.state()).toMatchObject({ phase: "ready", more: true, olderError: new Error("no") });
  });

  test("does not lose what changes while its first page is on the way", async () => {
    const feed = new Feed({}, source([page([1]), page([2, 1])]));
    const reading = feed.reload();
    feed.live([row(2)]);
    await reading;
    await vi.waitFor(() => expect(times(feed)).toEqual([2, 1]));
  });
});

describe("after lost changes", () => {
  test("the newest rows are read again, and rows that still ran are looked after", async () => {
    const from = source([page([2, 1]), page([4, 3, 2])], { row: async () => row(1, "failed") });
    const feed = new Feed({}, from);
    await feed.reload();
    feed.live([row(1, "running")]);
    await feed.refresh();
    expect(times(feed)).toEqual([4, 3, 2, 1]);
    expect(feed.rows.get("r0001")?.outcome).toBe("failed");
  });

  test("a list with a hole begins anew, but not under the reader's eyes", async () => {
    const feed = new Feed({}, source([page([2, 1]), page([90, 89], "c"), page([99, 98], "d")]));
    await feed.reload();
    feed.hold(true);
    await feed.refresh();
    expect(times(feed)).toEqual([2, 1]);
    expect(feed.rows.state().waiting).toBe(2);
    feed.hold(false);
    await vi.waitFor(() => expect(times(feed)).toEqual([99, 98]));
    expect(feed.state().more).toBe(true);
  });

  test("many losses at once cost one reading and one more", async () => {
    const from = source([page([1])]);
    const feed = new Feed({}, from);
    await feed.reload();
    await Promise.all([feed.refresh(), feed.refresh(), feed.refresh(), feed.refresh()]);
    expect(vi.mocked(from.page).mock.calls.length).toBeLessThanOrEqual(3);
  });
});
