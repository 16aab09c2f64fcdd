import { describe, expect, it } from "vitest";

import en from "../locales/en.json";
import zh from "../locales/zh-CN.json";
import { pick } from "./language";

type Texts = { [key: string]: string | Texts };

/** Every text's key, with the names of the values it takes. */
function keys(texts: Texts, prefix = ""): string[] {
  return Object.entries(texts).flatMap(([key, text]) => {
    if (typeof text !== "string") return keys(text, `${prefix}${key}.`);
    expect(text.trim(), prefix + key).not.toBe("");
    const values = [...text.matchAll(/\{\{\s*(\w+)/g)].map((found) => found[1]);
    return [`${prefix}${key}(${values.sort().join()})`];
  });
}

describe("languages", () => {
  it("say the same things", () => {
    expect(keys(zh).sort()).toEqual(keys(en).sort());
  });

  it("are chosen by the first preference that is spoken", () => {
    expect(pick(["fr-FR", "zh-TW", "en"])).toBe("zh-CN");
    expect(pick(["en-GB", "zh"])).toBe("en");
    expect(pick(["fr"])).toBe("en");
    expect(pick([])).toBe("en");
  });
});
