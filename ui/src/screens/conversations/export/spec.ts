import { tidy } from "../filter";
import type { Filter, Preset, Selection, Spec } from "../types";

/** Trainers and forms, by what a row of theirs is. */
export const presetGroups: readonly { task: "turns" | "pairs" | "labelled" | "other"; presets: readonly Preset[] }[] = [
  { task: "turns", presets: ["llama_factory", "llama_factory_alpaca", "trl", "axolotl", "openai", "together", "fireworks", "mistral", "ms_swift", "chatml"] },
  { task: "pairs", presets: ["llama_factory_dpo", "trl_dpo", "openai_dpo"] },
  { task: "labelled", presets: ["llama_factory_kto", "trl_kto"] },
  { task: "other", presets: ["ms_swift_reranker", "markdown", "raw"] },
];

/** What conversations an export takes. */
export type Scope = "approved" | "listed" | "chosen";

export const firstSpec: Spec = {
  preset: "llama_factory",
  format: "jsonl",
  name: "postern",
  split: { validation: 0, test: 0, seed: 0 },
  duplicates: "exact",
  reasoning: "keep",
  system: "keep",
  redaction: { action: "placeholder" },
  calls_only: false,
  tools: "stored",
  results: "tags",
  trim: true,
  cut_off: false,
  invalid_file: true,
};

const LAST = "postern.conversations.export";

/** What was chosen the last time. */
export function remembered(): Spec {
  try {
    const { filter: _, ...spec } = JSON.parse(localStorage.getItem(LAST) ?? "{}") as Partial<Spec>;
    return { ...firstSpec, ...spec };
  } catch {
    return firstSpec;
  }
}

/** Keeps it for the next time. */
export const remember = (spec: Spec): void => localStorage.setItem(LAST, JSON.stringify(spec));

/** Whether a form has Parquet files. */
export const hasColumns = (preset: Preset): boolean => preset !== "raw" && preset !== "markdown";

/** Whether the conversations themselves are written, with nothing made of them. */
export const isWhole = (preset: Preset): boolean => preset === "raw" || preset === "markdown";

/** The same for another form, without what that has no room for. */
export function withPreset(spec: Spec, preset: Preset): Spec {
  const redaction = preset === "raw" ? null : (spec.redaction ?? firstSpec.redaction);
  return { ...spec, preset, redaction, format: hasColumns(preset) ? spec.format : "jsonl" };
}

/** The specification for a scope. */
export function scoped(spec: Spec, scope: Scope, listed: Filter, selection: Selection | undefined): Spec {
  if (scope === "approved") return spec;
  if (scope === "chosen" && selection) return { ...spec, filter: "ids" in selection ? { ids: selection.ids } : tidy(selection.matching) };
  return { ...spec, filter: tidy(listed) };
}

/** What is wrong with a specification before it is even sent; the words are in the locales. */
export function problemOf(spec: Spec): "name" | "split" | undefined {
  if (!/^[A-Za-z0-9_-]{1,100}$/.test(spec.name)) return "name";
  if (spec.split.validation + spec.split.test > 99) return "split";
  return undefined;
}
