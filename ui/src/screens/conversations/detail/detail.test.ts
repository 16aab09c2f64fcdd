import { describe, expect, test } from "vitest";

import type { Conversation, Turn } from "../types";
import { diff } from "./diff";
import { compared, cutAfter, dropTurn, isTrained, masked, swapped } from "./edit";
import { cut, marksOf } from "./marks";
import { tokensOf } from "./tokens";

const said = (role: Turn["role"], text: string): Turn => ({ role, parts: [{ type: "text", text }] });
const talk: Conversation = {
  turns: [said("user", "Where is the key?"), said("assistant", "Under the mat."), said("user", "Which mat?"), said("assistant", "The red one.")],
  alternatives: [
    { at: 1, turn: said("assistant", "In the lock.") },
    { at: 3, turn: said("assistant", "The blue one.") },
  ],
};

describe("a difference", () => {
  const shown = (before: string, after: string) =>
    diff(before, after).map(({ kind, text }) => ({ same: text, gone: `[-${text}]`, new: `[+${text}]` })[kind]).join("");

  test("tells words that went and came", () => {
    expect(shown("The red gate is open.", "The green gate is shut.")).toBe("The [-red][+green] gate is [-open][+shut].");
    expect(shown("same", "same")).toBe("same");
    expect(shown("", "new")).toBe("[+new]");
    expect(shown("我在城门口。", "我在后门口。")).toBe("我在[-城][+后]门口。");
  });

  test("puts either text together again", () => {
    const [before, after] = ["a b\nc d e\n", "a x b\nd e f"];
    const pieces = diff(before, after);
    expect(pieces.filter((piece) => piece.kind !== "new").map((piece) => piece.text).join("")).toBe(before);
    expect(pieces.filter((piece) => piece.kind !== "gone").map((piece) => piece.text).join("")).toBe(after);
  });

  test("of long texts goes by lines, and ends in time", () => {
    const long = (mark: string) => Array.from({ length: 1500 }, (_, line) => `${line} ${line % 500 === 1 ? mark : "plain"} words here`).join("\n");
    const pieces = diff(long("old"), long("new"));
    expect(pieces.filter((piece) => piece.kind === "gone").map((piece) => piece.text)).toHaveLength(3);
  });
});

describe("an edit", () => {
  test("cuts after a turn, with the answers that came later", () => {
    const short = cutAfter(talk, 1);
    expect(short.turns).toHaveLength(2);
    expect(short.alternatives?.map((one) => one.at)).toEqual([1]);
  });

  test("drops a turn, and later answers move up with theirs", () => {
    const less = dropTurn(talk, 1);
    expect(less.turns?.map((turn) => turn.role)).toEqual(["user", "user", "assistant"]);
    expect(less.alternatives?.map((one) => one.at)).toEqual([2]);
  });

  test("takes a turn out of training and back again", () => {
    const answer = said("assistant", "Yes.");
    expect(isTrained(answer)).toBe(true);
    const off = masked(answer);
    expect(off.train).toBe(false);
    expect(masked(off)).toEqual(answer);
    expect(masked(said("user", "?")).train).toBe(true);
  });

  test("puts another answer in the place of one, and keeps that one", () => {
    const other = swapped(talk, 3, 1);
    expect(other.turns?.[3]).toEqual(said("assistant", "The blue one."));
    expect(other.alternatives?.[1]?.turn).toEqual(said("assistant", "The red one."));
  });

  test("is seen beside what was", () => {
    const kinds = (edited: Conversation) => compared(talk, edited).map((one) => one.kind);
    expect(kinds(talk)).toEqual(["same", "same", "same", "same"]);
    expect(kinds(cutAfter(talk, 1))).toEqual(["same", "same", "gone", "gone"]);
    expect(kinds(dropTurn(talk, 0))).toEqual(["gone", "same", "same", "same"]);
    const turns = talk.turns?.map((turn, index) => (index === 3 ? said("assistant", "The red one, of course.") : turn)) ?? [];
    expect(kinds({ ...talk, turns })).toEqual(["same", "same", "same", "changed"]);
  });
});

describe("marks", () => {
  test("are found where the console says, behind Chinese text too", () => {
    const turn = said("user", "密钥是 sk-abc，别外传");
    const start = "密钥是 ".length;
    const finding = { kind: "api_key" as const, turn: 2, part: 0, start, end: start + 6, replacement: "<SECRET_1>" };
    const marks = marksOf(turn, 2, [finding], []);
    expect(marks).toEqual([{ text: "sk-abc", kind: "secret", instead: "<SECRET_1>" }]);
    expect(marksOf(turn, 1, [finding], [])).toEqual([]);
  });

  test("cut a text where they stand, the longer one first", () => {
    const marks = [
      { text: "gates", kind: "found" as const },
      { text: "a.b", kind: "found" as const },
    ];
    expect(cut("Gates, aXb and a.b", marks).map((one) => [one.text, Boolean(one.mark)])).toEqual([
      ["Gates", true],
      [", aXb and ", false],
      ["a.b", true],
    ]);
  });
});

test("a Chinese sign counts as a token, four letters as one", () => {
  expect(tokensOf("城门")).toBe(2);
  expect(tokensOf("portcullis!!")).toBe(3);
});
