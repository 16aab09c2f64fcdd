import { useSyncExternalStore } from "react";

import { type Language, pick, speak } from "./language";

/** How the page looks and speaks. `system` follows the machine. */
export interface Appearance {
  theme: "system" | "light" | "dark";
  density: "comfortable" | "compact";
  language: "system" | Language;
}

const remembered = "postern.appearance";
const usual: Appearance = { theme: "system", density: "comfortable", language: "system" };
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const watchers = new Set<() => void>();
let current = read();

function read(): Appearance {
  try {
    return { ...usual, ...(JSON.parse(localStorage.getItem(remembered) ?? "{}") as Partial<Appearance>) };
  } catch {
    return usual;
  }
}

/** What is chosen. */
export const appearance = (): Appearance => current;

/** What is chosen, as it changes. */
export const useAppearance = (): Appearance => useSyncExternalStore(watch, appearance);

/** The theme in force. */
export const useDark = (): boolean => useSyncExternalStore(watch, isDark);

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function isDark(): boolean {
  return current.theme === "system" ? dark.matches : current.theme === "dark";
}

function paint(): void {
  const root = document.documentElement;
  root.dataset.theme = isDark() ? "dark" : "light";
  root.dataset.density = current.density;
  for (const watcher of watchers) watcher();
}

function speakChosen(): Promise<void> {
  return speak(current.language === "system" ? pick(navigator.languages) : current.language);
}

/** Begins to look and speak as was chosen before. */
export async function startAppearance(): Promise<void> {
  dark.addEventListener("change", paint);
  paint();
  await speakChosen();
}

/** Changes how the page looks and speaks, at once, and remembers it on this machine for the next first paint. */
export async function setAppearance(change: Partial<Appearance>): Promise<void> {
  const before = current.language;
  current = { ...current, ...change };
  localStorage.setItem(remembered, JSON.stringify(current));
  paint();
  if (current.language !== before) await speakChosen();
}
