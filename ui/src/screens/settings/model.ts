import type { Schemas } from "../../api/types";

/** One setting as the console tells it. */
export type Setting = Schemas["Setting"];
/** What a setting accepts. */
export type Kind = Schemas["SettingKind"];

/** Sections that change how Postern works, in the order of the list. Each shows the keys of its name. */
export const workSections = [
  "window",
  "notifications",
  "server",
  "console",
  "aistudio",
  "browser",
  "models",
  "mcp",
  "proxy",
  "limits",
  "network",
  "files",
  "requests",
  "recording",
] as const;
/** Sections that tell how Postern is doing; some hold settings too. */
export const careSections = ["page", "security", "logs", "storage", "health", "diagnostics", "about"] as const;

/** The sections that have words and a place of their own. */
export type KnownSection = (typeof workSections)[number] | (typeof careSections)[number];

const known: readonly string[] = [...workSections, ...careSections];

/** Section and name of a key: `server.port` is `port` of `server`. */
export function partsOf(key: string): { section: string; name: string } {
  const dot = key.indexOf(".");
  return dot < 0 ? { section: "", name: key } : { section: key.slice(0, dot), name: key.slice(dot + 1) };
}

/** The settings of one section, in the order of the file. */
export function settingsOf(settings: readonly Setting[], section: string): Setting[] {
  return settings.filter(({ key }) => partsOf(key).section === section);
}

/** Sections that only a newer server has; they are shown under their raw names. */
export function unknownSections(settings: readonly Setting[]): string[] {
  const names = settings.map(({ key }) => partsOf(key).section);
  return [...new Set(names)].filter((name) => !known.includes(name));
}

/** Whether two values of settings are the same. */
export const sameValue = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Whether the console cannot change it. */
export const isLocked = ({ source }: Setting): boolean => source === "environment" || source === "flag";

/** What puts a setting back to how it is now: its value, or `null` when nobody had decided. */
export const wayBack = ({ source, value }: Setting): unknown => (source === "file" ? value : null);
