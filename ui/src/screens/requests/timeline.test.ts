import { expect, test } from "vitest";

import { type Mark, spans, wholeLength } from "./timeline";

const way: Mark[] = [
  { name: "received", at_ms: 0 },
  { name: "queued", at_ms: 2 },
  { name: "admitted", at_ms: 500 },
  { name: "account", at_ms: 501 },
  { name: "browser", at_ms: 900 },
  { name: "page", at_ms: 1400 },
  { name: "form", at_ms: 1900 },
  { name: "tools", at_ms: 1950 },
  { name: "sent", at_ms: 2000 },
  { name: "first_byte", at_ms: 3000 },
  { name: "end", at_ms: 5000 },
];

test("every part of the way is named after what it reached, and none is lost", () => {
  const list = spans(way);
  expect(list.map((span) => span.name)).toEqual([
    "read",
    "queue",
    "account",
    "browser",
    "page",
    "form",
    "tools",
    "send",
    "wait",
    "answer",
  ]);
  expect(list.reduce((sum, span) => sum + span.length, 0)).toBe(5000);
  expect(list[1]).toEqual({ name: "queue", from: 2, length: 498, round: 1 });
  expect(wholeLength(list)).toBe(5000);
});

test("an end without an answer is told apart from an answer", () => {
  const list = spans([...way.slice(0, 5), { name: "end", at_ms: 1200 }]);
  expect(list.at(-1)).toEqual({ name: "broken", from: 900, length: 300, round: 1 });
});

test("a running request grows to the present", () => {
  expect(spans(way.slice(0, 3), 800).at(-1)).toEqual({ name: "running", from: 500, length: 300, round: 1 });
  expect(spans(way.slice(0, 10), 4000).at(-1)).toMatchObject({ name: "answer", length: 1000 });
  expect(spans(way.slice(0, 3)).at(-1)?.name).toBe("queue");
});

test("a second try counts as such, and names its account", () => {
  const list = spans([
    { name: "received", at_ms: 0 },
    { name: "account", at_ms: 10, account: "ada" },
    { name: "page", at_ms: 20 },
    { name: "account", at_ms: 50, account: "bob" },
    { name: "page", at_ms: 90 },
  ]);
  expect(list.map((span) => span.round)).toEqual([1, 1, 2, 2]);
  expect(list.map((span) => span.account)).toEqual(["ada", undefined, "bob", undefined]);
});

test("how functions are offered is told, where it is known", () => {
  const list = spans([
    { name: "received", at_ms: 0 },
    { name: "tools", at_ms: 10, mode: "native" },
    { name: "tools", at_ms: 20, mode: "emulated" },
    { name: "tools", at_ms: 30 },
  ]);
  expect(list.map((span) => span.mode)).toEqual(["native", "emulated", undefined]);
});

test("nothing divides by zero", () => {
  expect(wholeLength(spans([]))).toBe(1);
  expect(wholeLength(spans([{ name: "received", at_ms: 0 }, { name: "end", at_ms: 0 }]))).toBe(1);
});
