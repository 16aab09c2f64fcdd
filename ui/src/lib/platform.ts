/** Whether shortcuts are made with ⌘ here. */
export const isMac = /mac/i.test(navigator.platform);

/** A shortcut as it is printed here: `mod+k` is `⌘K` on a Mac, `Ctrl+K` elsewhere. */
export function shortcutText(shortcut: string): string {
  const names: Record<string, string> = isMac
    ? { mod: "⌘", shift: "⇧", alt: "⌥", enter: "↩", esc: "Esc", space: "Space" }
    : { mod: "Ctrl", shift: "Shift", alt: "Alt", enter: "Enter", esc: "Esc", space: "Space" };
  const parts = shortcut.split("+").map((key) => names[key] ?? (key.length === 1 ? key.toUpperCase() : key));
  return parts.join(isMac ? "" : "+");
}
