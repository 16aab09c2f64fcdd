import { describe, expect, test, vi } from "vitest";

import { Rows } from "./rows";

interface Row {
  id: string;
  at_ms: number;
  word?: string;
}

const row = (at: number, word?: string): Row => ({ id: `r${String(at).padStart(6, "0")}`, at_ms: at, ...(word && { word }) });
const times = (rows: Rows<Row>) => rows.all().map((one) => one.at_ms);

describe("rows", () => {
  test("come newest first, whatever order they arrive in", () => {
    const rows = new Rows<Row>();
    rows.merge([row(3), row(1)]);
    rows.merge([row(2), row(4)]);
    expect(times(rows)).toEqual([4, 3, 2, 1]);
    expect(rows.at(0)?.at_ms).toBe(4);
    expect([4, 3, 2, 1].map((at) => rows.indexOf(row(at).id))).toEqual([0, 1, 2, 3]);
  });

  test("that are known change in place", () => {
    const rows = new Rows<Row>();
    rows.merge([row(1), row(2)]);
    rows.merge([row(1, "done")]);
    expect(rows.state().count).toBe(2);
    expect(rows.at(1)?.word).toBe("done");
  });

  test("of an older page go to the end and keep the places of the others", () => {
    const rows = new Rows<Row>();
    rows.merge([row(10), row(11)]);
    expect(rows.older([row(9), row(8), row(10)])).toBe(2);
    expect(times(rows)).toEqual([11, 10, 9, 8]);
    rows.merge([row(8, "done"), row(12)]);
    expect(rows.at(4)?.word).toBe("done");
    expect(rows.indexOf(row(10).id)).toBe(2);
  });

  test("of a first page that comes after live rows find their places between them", () => {
    const rows = new Rows<Row>();
    rows.merge([row(5), row(9)]);
    rows.older([row(7), row(8), row(3)]);
    expect(times(rows)).toEqual([9, 8, 7, 5, 3]);
  });

  test("wait while the list is held, and known ones still change", () => {
    const rows = new Rows<Row>();
    rows.merge([row(1)]);
    rows.hold(true);
    rows.merge([row(2), row(1, "done"), row(3)]);
    rows.merge([row(2, "done")]);
    expect(rows.state()).toMatchObject({ count: 1, waiting: 2 });
    expect(rows.at(0)?.word).toBe("done");
    rows.hold(false);
    expect(times(rows)).toEqual([3, 2, 1]);
    expect(rows.get(row(2).id)?.word).toBe("done");
    expect(rows.state().waiting).toBe(0);
  });

  test("that no longer match leave", () => {
    const rows = new Rows<Row>((one) => one.word !== "done");
    rows.merge([row(1), row(2), row(3)]);
    rows.merge([row(2, "done"), row(4, "done")]);
    expect(times(rows)).toEqual([3, 1]);
    rows.merge([row(1, "on")]);
    expect(rows.at(1)?.word).toBe("on");
    expect(rows.indexOf(row(2).id)).toBe(-1);
  });

  test("stay within the limit and say so", () => {
    const rows = new Rows<Row>(undefined, 100);
    for (let at = 1; at <= 300; at += 1) rows.merge([row(at)]);
    expect(rows.state().count).toBeLessThanOrEqual(110);
    expect(rows.state().full).toBe(true);
    expect(rows.at(0)?.at_ms).toBe(300);
    expect(rows.get(row(1).id)).toBeUndefined();
    expect(rows.indexOf(row(295).id)).toBe(5);
    expect(rows.older([row(0)])).toBe(0);
  });

  test("tell once per batch, and only when something changed", () => {
    const rows = new Rows<Row>((one) => one.word !== "hidden");
    const heard = vi.fn();
    rows.subscribe(heard);
    rows.merge([row(1), row(2), row(3)]);
    expect(heard).toHaveBeenCalledTimes(1);
    const before = rows.state();
    rows.merge([row(4, "hidden")]);
    expect(heard).toHaveBeenCalledTimes(1);
    expect(rows.state()).toBe(before);
  });

  test("ten thousand with three changes each cost little more than their number", () => {
    const rows = new Rows<Row>(undefined, 5000);
    const steps = vi.fn();
    rows.subscribe(steps);
    for (let batch = 0; batch < 500; batch += 1) {
      const fresh = Array.from({ length: 20 }, (_, index) => row(batch * 20 + index));
      rows.merge(fresh);
      rows.merge(fresh.map((one) => ({ ...one, word: "sent" })));
      rows.merge(fresh.map((one) => ({ ...one, word: "done" })));
    }
    expect(steps).toHaveBeenCalledTimes(1500);
    expect(rows.state().count).toBeLessThanOrEqual(5500);
    expect(rows.all().every((one) => one.word === "done")).toBe(true);
  });
});
