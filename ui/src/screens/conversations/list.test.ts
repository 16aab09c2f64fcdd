import { describe, expect, test, vi } from "vitest";

import { MOST_ROWS, type ReadPage, STRETCH, ThreadList } from "./list";
import type { ThreadRow } from "./types";

const row = (id: number) => ({ id, state: "new" }) as ThreadRow;

/** A console with rows 0, 1, 2, …, whose cursors are the ids after which it goes on. */
function console_(total: number, ids: number[] = Array.from({ length: total }, (_, id) => id)) {
  const held = { ids };
  const read = vi.fn<ReadPage>(async (_, __, after, limit) => {
    const rest = held.ids.filter((id) => after === undefined || id > Number(after));
    const rows = rest.slice(0, limit).map(row);
    return { rows, next: rest.length > limit ? String(rows.at(-1)?.id) : null };
  });
  return { held, read, list: new ThreadList({}, "newest", read) };
}

/** Scrolls to the end, page after page. */
async function toEnd(list: ThreadList, until = Infinity) {
  while (list.state().more && list.state().count < until) await list.grow();
}

describe("the list", () => {
  test("reads on when its end comes near, and no sooner", async () => {
    const { list, read } = console_(250);
    await list.reload();
    expect(list.state()).toMatchObject({ phase: "ready", count: STRETCH, more: true });
    list.need(0, 20);
    expect(read).toHaveBeenCalledTimes(1);
    list.need(60, 80);
    list.need(60, 90);
    await list.grow();
    expect(read).toHaveBeenCalledTimes(2);
    expect(read.mock.lastCall?.[2]).toBe("99");
    await toEnd(list);
    expect(list.state()).toMatchObject({ count: 250, more: false });
    expect(list.at(249)?.id).toBe(249);
  });

  test("holds only what is near, and reads again what was let go when somebody comes back", async () => {
    const { list, read } = console_(5000);
    await list.reload();
    await toEnd(list);
    expect(list.state().count).toBe(5000);
    const held = Array.from({ length: 5000 }, (_, index) => list.at(index)).filter(Boolean).length;
    expect(held).toBeLessThanOrEqual(12 * STRETCH);
    expect(list.at(150)).toBeUndefined();
    const before = read.mock.calls.length;
    list.need(150, 160);
    await vi.waitFor(() => expect(list.at(150)?.id).toBe(150));
    expect(read.mock.calls.length).toBe(before + 1);
    expect(read.mock.lastCall?.[2]).toBe("99");
  });

  test("shows no row twice where rows have left in between", async () => {
    const { list, held } = console_(3000);
    await list.reload();
    await toEnd(list);
    held.ids = held.ids.filter((id) => id % 2 === 0);
    list.need(100, 260);
    await vi.waitFor(() => expect([list.row(100), list.row(200)]).not.toContain(undefined));
    const seen: number[] = [];
    for (let index = 0; index < list.state().count; index += 1) {
      const one = list.at(index);
      if (one) seen.push(one.id);
    }
    expect(new Set(seen).size).toBe(seen.length);
  });

  test("ends where no page can be longer", async () => {
    const read: ReadPage = async (_, __, after, limit) => {
      const from = after === undefined ? 0 : Number(after);
      return { rows: Array.from({ length: limit }, (_, index) => row(from + index)), next: String(from + limit) };
    };
    const list = new ThreadList({}, "newest", read);
    await list.reload();
    await toEnd(list);
    expect(list.state()).toMatchObject({ count: MOST_ROWS, full: true, more: false });
  });

  test("steps to a row that is not read yet, and not beyond its ends", async () => {
    const { list } = console_(101);
    await list.reload();
    expect((await list.step(99, 1))?.id).toBe(100);
    expect(await list.step(100, 1)).toBeUndefined();
    expect(await list.step(0, -1)).toBeUndefined();
    expect((await list.step(1, -1))?.id).toBe(0);
  });

  test("tells how many came since, and writes known rows anew", async () => {
    const { list, held } = console_(0, [5, 6, 7]);
    await list.reload();
    held.ids = [3, 4, 5, 6, 7];
    await list.look();
    expect(list.state()).toMatchObject({ fresh: 2, count: 3 });
    await list.reload();
    expect(list.state()).toMatchObject({ fresh: 0, count: 5 });
  });

  test("keeps what it shows when reading on fails, and says why", async () => {
    const { list, read } = console_(250);
    await list.reload();
    read.mockRejectedValueOnce(new Error("gone"));
    await list.grow();
    expect(list.state()).toMatchObject({ phase: "ready", count: STRETCH, more: true });
    expect(String(list.state().error)).toContain("gone");
    await list.grow();
    expect(list.state()).toMatchObject({ count: 200, error: undefined });
  });

  test("forgets an answer that was asked for before the list began anew", async () => {
    const { list, read } = console_(250);
    await list.reload();
    let late: (page: { rows: ThreadRow[] }) => void = () => undefined;
    read.mockImplementationOnce(() => new Promise((resolve) => (late = resolve)));
    const growing = list.grow();
    await list.reload();
    late({ rows: [row(7777)] });
    await growing;
    expect(list.indexOf(7777)).toBe(-1);
    expect(list.state().count).toBe(STRETCH);
  });
});
