import { expect, test } from "vitest";

import { isFiltered, mappedModel, matcher, readSearch, type RequestRow, toLines } from "./filter";

const row: RequestRow = {
  id: "req-1",
  at_ms: 1,
  method: "POST",
  path: "/v1/chat/completions",
  source: "client",
  outcome: "failed",
  stream: true,
  model: "fast",
  upstream: "aistudio",
  upstream_model: "gemini-flash",
  key: 3,
  account: "work",
  error: "The quota is used up.",
};

test("the address is read leniently", () => {
  expect(readSearch({ outcome: "failed", model: "", key: 3, account: 7, search: "x", id: "r", more: 1 })).toEqual({
    outcome: "failed",
    key: 3,
    account: "7",
    search: "x",
    id: "r",
  });
  expect(readSearch({ outcome: "good", key: "x" })).toEqual({});
  expect(isFiltered(readSearch({ id: "r" }))).toBe(false);
  expect(isFiltered(readSearch({ key: "2" }))).toBe(true);
});

test("live rows are filtered as the server filters", () => {
  const fits = [{}, { outcome: "failed" }, { model: "fast" }, { key: 3 }, { account: "work" }, { search: "QUOTA" }, { search: "req-1" }, { search: "gemini" }, { upstream: "aistudio" }];
  for (const filter of fits) expect(matcher(filter as never)(row)).toBe(true);
  const misses = [{ outcome: "ok" }, { model: "fas" }, { key: 4 }, { account: "home" }, { search: "gemini-pro" }, { key: 3, outcome: "ok" }];
  for (const filter of misses) expect(matcher(filter as never)(row)).toBe(false);
});

test("the model that answered is named only when it was asked for by another name", () => {
  expect(mappedModel(row)).toBe("gemini-flash");
  expect(mappedModel({ ...row, model: "aistudio/gemini-flash" })).toBeUndefined();
  expect(mappedModel({ ...row, model: "gemini-flash" })).toBeUndefined();
  expect(mappedModel({ ...row, upstream_model: null })).toBeUndefined();
});

test("each exported row is one line", () => {
  const lines = toLines([row, { ...row, error: "a\nb" }]).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line).error)).toEqual(["The quota is used up.", "a\nb"]);
});
