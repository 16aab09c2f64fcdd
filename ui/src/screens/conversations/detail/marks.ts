import type { Finding, Part, Place, Turn } from "../types";

/** A stretch of text that is to be seen, and why. */
export interface Mark {
  text: string;
  kind: "found" | "secret";
  /** What would stand there instead, for a secret. */
  instead?: string;
}

/** A text, cut where marks begin and end. */
export interface Cut {
  text: string;
  mark?: Mark;
}

const textOf = (part: Part | undefined): string => {
  if (!part) return "";
  if (part.type === "tool_call") return part.arguments;
  if (part.type === "tool_result") return part.parts.map(textOf).join("\n");
  if (part.type === "audio") return part.transcript ?? "";
  return "text" in part ? part.text : "";
};

/** The marks of one turn. Each text that is one is marked wherever it stands. */
export function marksOf(turn: Turn, at: number, findings: readonly Finding[], highlights: readonly Place[]): Mark[] {
  const here = <P extends Place>(places: readonly P[]) => places.filter((place) => place.turn === at);
  const textAt = ({ part, start, end, inner }: Place & { inner?: number | null }) => {
    const whole = turn.parts[part];
    const said = inner != null && whole?.type === "tool_result" ? whole.parts[inner] : whole;
    return textOf(said).slice(start, end);
  };
  const secrets = here(findings).map((finding): Mark => ({ text: textAt(finding), kind: "secret", instead: finding.replacement }));
  const found = here(highlights).map((place): Mark => ({ text: textAt(place), kind: "found" }));
  const unique = new Map([...found, ...secrets].filter((mark) => mark.text !== "").map((mark) => [mark.text, mark]));
  return [...unique.values()].sort((a, b) => b.text.length - a.text.length);
}

/** Cuts a text at its marks; letters count the same large and small. */
export function cut(text: string, marks: readonly Mark[]): Cut[] {
  if (marks.length === 0 || text === "") return [{ text }];
  const escaped = marks.map((mark) => mark.text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const byText = new Map(marks.map((mark) => [mark.text.toLowerCase(), mark]));
  return text
    .split(new RegExp(`(${escaped.join("|")})`, "gi"))
    .filter((piece) => piece !== "")
    .map((piece) => {
      const mark = byText.get(piece.toLowerCase());
      return mark ? { text: piece, mark } : { text: piece };
    });
}
