import { describe, expect, it } from "vitest";

import { endOf, modelsOf, rulesOf } from "./rules";

describe("the rules of a key", () => {
  it("take models however they are divided, each once", () => {
    expect(modelsOf("gemini-*, postern/echo\n gemini-* ，x")).toEqual(["gemini-*", "postern/echo", "x"]);
    expect(modelsOf(" ")).toEqual([]);
  });

  it("end after the days that were chosen", () => {
    expect(endOf({ life: "30", date: "" }, 1_000_000)).toBe(1000 + 30 * 86_400);
    expect(endOf({ life: "never", date: "2030-01-01" })).toBeNull();
  });

  it("keep a chosen day whole, in the user's own time", () => {
    const end = endOf({ life: "date", date: "2030-03-09" });
    const moment = new Date((end ?? 0) * 1000);
    expect([moment.getFullYear(), moment.getMonth(), moment.getDate(), moment.getHours()]).toEqual([2030, 2, 9, 23]);
  });

  it("come back from a key as they went in", () => {
    const expires_at = endOf({ life: "date", date: "2031-12-31" });
    const rules = rulesOf({
      id: 1, name: "a", masked: "sk-a****b", created_at: 0, enabled: true, requests: 0, models: ["x", "y"],
      expires_at, per_minute: 3, status: "Valid", value: "sk-a****b",
    });
    expect(rules).toMatchObject({ name: "a", models: "x, y", life: "date", date: "2031-12-31", perMinute: 3, perDay: null });
  });
});
