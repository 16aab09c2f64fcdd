import { useShortcuts } from "../../lib/shortcuts";
import type { Review } from "./useReview";

/** What the keys open. */
export interface Openers {
  open: () => void;
  tags: () => void;
  note: () => void;
  edit: () => void;
  turn: (by: 1 | -1) => void;
  facets: () => void;
  export: () => void;
  remove: () => void;
}

/** The keys of the review. They are held back where somebody writes and over dialogs, and do nothing while they repeat. */
export function useReviewKeys(review: Review, openers: Openers): void {
  const stars = [0, 1, 2, 3, 4, 5].map((rating) => [String(rating), () => void review.amend({ rating })]);
  useShortcuts({
    ...Object.fromEntries(stars),
    j: () => void review.step(1),
    k: () => void review.step(-1),
    arrowright: () => void review.step(1),
    arrowleft: () => void review.step(-1),
    a: () => void review.decide("approved"),
    x: () => void review.decide("rejected"),
    s: () => void review.decide("later"),
    z: () => void review.undo(),
    "shift+z": () => void review.redo(),
    "mod+enter": () => void review.decide("approved", true),
    o: openers.open,
    t: openers.tags,
    n: openers.note,
    e: openers.edit,
    f: openers.facets,
    "shift+j": () => openers.turn(1),
    "shift+k": () => openers.turn(-1),
    "shift+e": openers.export,
    delete: openers.remove,
  });
}
