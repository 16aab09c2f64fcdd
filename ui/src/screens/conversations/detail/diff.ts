/** A stretch of a difference between two texts. */
export interface Piece {
  kind: "same" | "gone" | "new";
  text: string;
}

/** Comparing costs the product of both lengths; what is longer is compared by lines, and at last not at all. */
const MOST_CELLS = 4_000_000;

const words = (text: string) => text.match(/\s+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}_]+|[^\s]/gu) ?? [];
const lines = (text: string) => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** What has to be done to one text to get the other: word by word, or line by line where they are long. */
export function diff(before: string, after: string): Piece[] {
  for (const split of [words, lines]) {
    const [old, now] = [split(before), split(after)];
    const head = common(old, now, 0);
    const tail = common(old.slice(head).reverse(), now.slice(head).reverse(), 0);
    const oldMiddle = old.slice(head, old.length - tail);
    const newMiddle = now.slice(head, now.length - tail);
    if (oldMiddle.length * newMiddle.length > MOST_CELLS) continue;
    return joined([
      ...old.slice(0, head).map((text): Piece => ({ kind: "same", text })),
      ...middle(oldMiddle, newMiddle),
      ...old.slice(old.length - tail).map((text): Piece => ({ kind: "same", text })),
    ]);
  }
  return joined([
    { kind: "gone", text: before },
    { kind: "new", text: after },
  ]);
}

function common(a: readonly string[], b: readonly string[], from: number): number {
  let at = from;
  while (at < a.length && at < b.length && a[at] === b[at]) at += 1;
  return at;
}

/** The longest common subsequence, walked from the beginning. */
function middle(old: readonly string[], now: readonly string[]): Piece[] {
  const width = now.length + 1;
  const longest = new Uint16Array((old.length + 1) * width);
  const cell = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] = old[i] === now[j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
    }
  }
  const pieces: Piece[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      pieces.push({ kind: "same", text: old[i++] ?? "" });
      j += 1;
    } else if (j >= now.length || (i < old.length && cell(i + 1, j) >= cell(i, j + 1))) pieces.push({ kind: "gone", text: old[i++] ?? "" });
    else pieces.push({ kind: "new", text: now[j++] ?? "" });
  }
  return pieces;
}

/** Neighbours of one kind as one piece, what went before what came. */
function joined(pieces: readonly Piece[]): Piece[] {
  const out: Piece[] = [];
  let [gone, fresh] = ["", ""];
  const flush = () => {
    if (gone) out.push({ kind: "gone", text: gone });
    if (fresh) out.push({ kind: "new", text: fresh });
    [gone, fresh] = ["", ""];
  };
  for (const { kind, text } of pieces) {
    if (kind === "gone") gone += text;
    else if (kind === "new") fresh += text;
    else {
      flush();
      const last = out.at(-1);
      if (last?.kind === "same") last.text += text;
      else if (text) out.push({ kind: "same", text });
    }
  }
  flush();
  return out;
}
