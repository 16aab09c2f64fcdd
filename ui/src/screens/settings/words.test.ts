// @vitest-environment node
// @ts-expect-error The types of Node are not installed; only tests that read the repository would use them.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import en from "../../locales/en/settings.json";
import zh from "../../locales/zh-CN/settings.json";
import { careSections, workSections } from "./model";

/** Every key with its comment and its default; tests run in `ui/`. */
const defaults: string = readFileSync("../src-tauri/crates/settings/src/default.toml", "utf8");

interface Words {
  label?: string;
  text?: string;
  options?: Record<string, string>;
}

/** The keys of the file with what is said of each. */
function keysOfFile(): { section: string; name: string; comment: string; value: string }[] {
  const keys: ReturnType<typeof keysOfFile> = [];
  let section = "";
  let comment = "";
  for (const line of defaults.split("\n")) {
    const header = /^\[([\w.]+)\]$/.exec(line);
    const key = /^# (\w+) = (.+)$/.exec(line);
    if (header) section = header[1] ?? "";
    // What lies in a section of a section has its words beside the others.
    const [outer = "", ...inner] = section.split(".");
    if (key) keys.push({ section: outer, name: [...inner, key[1] ?? ""].join("_"), comment, value: key[2] ?? "" });
    comment = header || key || line === "" ? "" : comment + line;
  }
  return keys;
}

/** The words that a text setting chooses from: all that its comment puts in quotes, when its default is among them. */
function wordsOf({ comment, value }: { comment: string; value: string }): string[] {
  const default_ = /^"(\w.*)"$/.exec(value)?.[1];
  const words = [...comment.matchAll(/"([\w-]+)"/g)].map((found) => found[1] ?? "");
  return default_ && words.includes(default_) ? words : [];
}

describe.each([
  ["en", en],
  ["zh-CN", zh],
])("the settings in %s", (_, texts) => {
  const words = texts.key as Record<string, Record<string, Words>>;

  it("have a name and an explanation for every key of the file, and for nothing else", () => {
    const keys = keysOfFile();
    expect(keys.length).toBeGreaterThan(30);
    for (const { section, name } of keys) {
      expect(words[section]?.[name]?.label, `${section}.${name}`).toBeTruthy();
      expect(words[section]?.[name]?.text, `${section}.${name}`).toBeTruthy();
    }
    const told = Object.entries(words).flatMap(([section, names]) => Object.keys(names).map((name) => `${section}.${name}`));
    expect(told.sort()).toEqual(keys.map(({ section, name }) => `${section}.${name}`).sort());
  });

  it("have words for every choice", () => {
    const choices = keysOfFile().filter((key) => wordsOf(key).length > 0);
    expect(choices.map(({ name }) => name)).toEqual(["capture", "tool_mode", "choice", "tools", "level", "theme", "language", "density", "close"]);
    for (const key of choices) {
      expect(Object.keys(words[key.section]?.[key.name]?.options ?? {}).sort(), key.name).toEqual(wordsOf(key).sort());
    }
  });

  it("name a button with the words that are on it, which is what one says to press it", () => {
    expect(texts.resetOf).toContain(texts.reset);
    expect(texts.storage.clearOf).toContain(texts.storage.clear);
  });

  it("have a section for every section of the file", () => {
    const sections = [...new Set(keysOfFile().map(({ section }) => section))];
    const known: readonly string[] = [...workSections, ...careSections];
    expect(sections.filter((section) => !known.includes(section))).toEqual([]);
  });
});
