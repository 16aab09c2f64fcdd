import { describe, expect, it } from "vitest";

import en from "./en";
import enTray from "./en/tray.json";
import zh from "./zh-CN";
import zhTray from "./zh-CN/tray.json";

type Texts = { [key: string]: string | Texts };

const plural = /_(zero|one|two|few|many|other)$/;

/** Every text by its key. */
function flat(texts: Texts, prefix = ""): [key: string, text: string][] {
  return Object.entries(texts).flatMap(([key, text]) =>
    typeof text === "string" ? [[prefix + key, text] as [string, string]] : flat(text, `${prefix}${key}.`),
  );
}

/** Keys without their plural forms, each with the values it takes. */
function signatures(texts: Texts): string[] {
  const values = (text: string) => [...text.matchAll(/\{\{\s*(\w+)/g)].map((found) => found[1]);
  const found = new Map<string, Set<string>>();
  for (const [key, text] of flat(texts)) {
    const base = key.replace(plural, "");
    const known = found.get(base) ?? new Set();
    for (const value of values(text)) known.add(value ?? "");
    found.set(base, known);
  }
  return [...found].map(([key, takes]) => `${key}(${[...takes].sort().join()})`).sort();
}

/** What the code asks for: whole keys, and patterns of keys that are put together. */
function asked(): { keys: Set<string>; patterns: RegExp[] } {
  const sources = import.meta.glob<string>(["../**/*.{ts,tsx}", "!../**/*.test.{ts,tsx}", "!../testing/**"], {
    eager: true,
    query: "?raw",
    import: "default",
  });
  const keys = new Set<string>();
  const patterns: RegExp[] = [];
  const sections = Object.keys(en).join("|");
  for (const source of Object.values(sources)) {
    for (const found of source.matchAll(new RegExp(`["'\`]((?:${sections})(?:\\.[\\w-]+)+)["'\`]`, "g"))) keys.add(found[1] ?? "");
    for (const found of source.matchAll(new RegExp(`\`((?:${sections})\\.[^\`\\s]*\\$\\{[^\`]*)\``, "g"))) {
      const pattern = (found[1] ?? "").replace(/\$\{(?:[^{}]|\{[^}]*\})*\}/g, "\0").replace(/[.]/g, "\\.").replaceAll("\0", "[^.]+");
      patterns.push(new RegExp(`^${pattern}$`));
    }
  }
  return { keys, patterns };
}

describe("the texts", () => {
  it.each([
    ["the pages", en, zh],
    ["the tray", enTray, zhTray],
  ])("of %s say the same things in every language", (_, english, chinese) => {
    expect(signatures(chinese)).toEqual(signatures(english));
  });

  it("are never empty", () => {
    for (const texts of [en, zh, enTray, zhTray]) {
      for (const [key, text] of flat(texts)) expect(text.trim(), key).not.toBe("");
    }
  });

  it("have every form of number that their language counts with", () => {
    const forms = (texts: Texts, wanted: string[]) => {
      const keys = new Set(flat(texts).map(([key]) => key));
      for (const key of keys) {
        if (!plural.test(key)) continue;
        const base = key.replace(plural, "");
        expect([...keys].filter((one) => one.replace(plural, "") === base && one !== base).sort(), base).toEqual(
          wanted.map((form) => `${base}_${form}`),
        );
      }
    };
    forms(en, ["one", "other"]);
    forms(zh, ["other"]);
  });

  it("are all there, and all used", () => {
    const there = new Set(flat(en).map(([key]) => key.replace(plural, "")));
    const { keys, patterns } = asked();
    const missing = [...keys].filter((key) => !there.has(key) && ![...there].some((one) => one.startsWith(`${key}.`)));
    expect(missing, "asked for, but not there").toEqual([]);
    const unused = [...there].filter((key) => !keys.has(key) && !patterns.some((pattern) => pattern.test(key)));
    expect(unused, "there, but never asked for").toEqual([]);
    const idle = patterns.filter((pattern) => ![...there].some((key) => pattern.test(key)));
    expect(idle.map(String), "put together, but never there").toEqual([]);
  });
});
