import i18next from "i18next";

import { formatBytes, formatDuration, formatNumber } from "../../lib/format";
import { type Kind, partsOf, type Setting } from "./model";

/** Bytes in the unit in which sizes are written here. */
export const MEBI = 1_048_576;

/** A text whose key is put together; `undefined` for what a newer server has and this page has no words for. */
function text(key: string): string | undefined {
  return i18next.exists(key) ? String(i18next.t(key as never)) : undefined;
}

/** A section's name. */
export const sectionTitle = (section: string): string => text(`settings.section.${section}.title`) ?? section;

/** What a section is about. */
export const sectionText = (section: string): string | undefined => text(`settings.section.${section}.text`);

/** Where the words of a key are: what lies in a section of a section has them beside the others. */
function wordsOf(key: string): { section: string; name: string } {
  const { section, name } = partsOf(key);
  return { section, name: name.replaceAll(".", "_") };
}

/** A setting's name. */
export function labelOf(key: string): string {
  const { section, name } = wordsOf(key);
  return text(`settings.key.${section}.${name}.label`) ?? key;
}

/** What a setting does. */
export function explanationOf(key: string): string | undefined {
  const { section, name } = wordsOf(key);
  return text(`settings.key.${section}.${name}.text`);
}

/** What one of a setting's words means. */
export function optionLabel(key: string, option: string): string {
  const { section, name } = wordsOf(key);
  return text(`settings.key.${section}.${name}.options.${option}`) ?? option;
}

/** What the doctor looked at. */
export const subjectTitle = (subject: string): string =>
  text(`settings.health.subject.${subject.replaceAll(" ", "_")}`) ?? subject;

/** What a file of a diagnostics bundle holds. */
export const entryText = (entry: string): string | undefined => text(`settings.bundle.entry.${entry.split(".")[0] ?? entry}`);

type Unit = Extract<Kind, { type: "integer" }>["unit"];

/** A number with what it counts. */
export function amount(value: number, unit: Unit): string {
  switch (unit) {
    case "milliseconds":
      return formatDuration(value);
    case "seconds":
      return formatDuration(value * 1000);
    case "days":
      return i18next.t("settings.value.days", { count: value, days: formatNumber(value) });
    case "bytes":
      return value >= 10_000_000_000 ? formatBytes(value) : `${formatNumber(inMebi(value))} MiB`;
    case "port":
      return String(value);
    case "count":
      return formatNumber(value);
  }
}

/** Bytes as they are written here: in MiB, as exactly as anybody would write them. */
export const inMebi = (bytes: number): number => Number((bytes / MEBI).toFixed(6));

/** A value as one reads it, such as `5m`, `On` or `none`. */
export function inWords({ key, kind }: Setting, value: unknown): string {
  const none = i18next.t("settings.value.none");
  switch (kind.type) {
    case "bool":
      return value === true ? i18next.t("settings.value.on") : i18next.t("settings.value.off");
    case "integer":
      return typeof value === "number" ? amount(value, kind.unit) : String(value);
    case "choice":
      return optionLabel(key, String(value));
    case "list":
      return textsIn(value).join(", ") || none;
    case "map":
      return pairsIn(value).map(([name, target]) => `${name} = ${target}`).join(", ") || none;
    case "text":
    case "path":
      return String(value ?? "") || none;
  }
}

/** The texts of a list. */
export const textsIn = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** The names of a map with their texts. */
export const pairsIn = (value: unknown): [name: string, text: string][] =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value).map(([name, target]) => [name, String(target)])
    : [];
