import type { KeyboardEvent } from "react";

import { useLatest } from "../../lib/hooks";
import type { Entry } from "./Rows";

interface Ports<T> {
  entries: readonly Entry<T>[];
  activeId: string | null;
  /** Rows of one page. */
  page: number;
  go: (index: number) => void;
  open: ((row: T) => void) | undefined;
  remove: ((row: T) => void) | undefined;
  toggle: ((id: string) => void) | undefined;
}

/** The keys of a table: arrows or J and K, page and end keys, Enter to open, Space to choose, Delete to remove. */
export function useRowKeys<T>(ports: Ports<T>): (event: KeyboardEvent) => void {
  const latest = useLatest(ports);
  return (event) => {
    const { entries, activeId, page, go, open, remove, toggle } = latest.current;
    if (event.ctrlKey || event.metaKey || event.altKey || event.nativeEvent.isComposing) return;
    const target = event.target as HTMLElement;
    if (target.matches("input:not([type=checkbox]), select, textarea")) return;
    const at = entries.findIndex((entry) => entry.id === activeId);
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      j: at + 1,
      ArrowUp: at - 1,
      k: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: entries.length - 1,
    };
    const step = steps[event.key];
    const current = entries[at];
    if (step !== undefined) go(Math.min(entries.length - 1, Math.max(0, step)));
    else if (!current || !target.matches("[role=row]")) return;
    else if (event.key === "Enter" && open) open(current.original);
    else if (event.key === " " && (toggle || open)) toggle ? toggle(current.id) : open?.(current.original);
    else if (event.key === "Delete" && remove) remove(current.original);
    else return;
    event.preventDefault();
  };
}
