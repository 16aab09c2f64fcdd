import type { Turn } from "../types";
import { plainText } from "./edit";

/** What a picture or recording counts as, for want of anything better. */
const MEDIA_TOKENS = 260;

/** About how many tokens a text has: four letters, or one Chinese, Japanese or Korean sign. */
export function tokensOf(text: string): number {
  const dense = text.match(/[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]/g)?.length ?? 0;
  return Math.ceil(dense + (text.length - dense) / 4);
}

/** About how many tokens each turn has. */
export function tokensOfTurns(turns: readonly Turn[]): number[] {
  return turns.map((turn) => {
    const media = turn.parts.filter((part) => part.type === "image" || part.type === "audio" || part.type === "video").length;
    return tokensOf(plainText(turn)) + media * MEDIA_TOKENS;
  });
}
