import { useEffect } from "react";

import { useLatest } from "./hooks";
import { isMac } from "./platform";

/** Whether the event comes from where text is written. */
const isWriting = (event: KeyboardEvent): boolean =>
  event.target instanceof HTMLElement &&
  (event.target.isContentEditable || event.target.matches("textarea, select, input:not([type=checkbox], [type=radio])"));

/** The shortcut an event is, such as `mod+shift+s`, `?` or `escape`. */
export function shortcutOf(event: KeyboardEvent): string {
  const mod = isMac ? event.metaKey : event.ctrlKey;
  const key = event.key.toLowerCase();
  const printed = key.length === 1 && key.toUpperCase() === key;
  return [mod && "mod", event.altKey && "alt", event.shiftKey && !printed && "shift", key].filter(Boolean).join("+");
}

/**
 * Calls what belongs to a shortcut, unless something on the page has taken the key already, a dialog is open, or (for
 * keys without Ctrl or ⌘) text is being written.
 */
export function useShortcuts(actions: Readonly<Record<string, () => void>>): void {
  const latest = useLatest(actions);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.repeat) return;
      const shortcut = shortcutOf(event);
      const act = latest.current[shortcut];
      if (!act || (isWriting(event) && !shortcut.startsWith("mod+"))) return;
      if (document.querySelector("[role=dialog][data-state=open], [role=alertdialog], [role=menu]")) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [latest]);
}

const escapes: (() => void)[] = [];

/** Closes on Esc what was opened last, after search boxes, menus and dialogs have had the key. */
export function useEscape(close: () => void): void {
  const latest = useLatest(close);
  useEffect(() => {
    const mine = () => latest.current();
    escapes.push(mine);
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
      if (document.querySelector("[role=dialog][data-state=open], [role=alertdialog], [role=menu]")) return;
      if (escapes.at(-1) !== mine) return;
      event.preventDefault();
      mine();
    };
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("keydown", onKey);
      escapes.splice(escapes.indexOf(mine), 1);
    };
  }, [latest]);
}
