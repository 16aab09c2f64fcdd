import type { Schemas } from "../../api/types";
import { z } from "../../lib/form";

/** A key as the page shows it. */
export type Key = Schemas["KeyView"];

/** What a key is now: the store's word, and one for a key whose time is over soon. */
export type Standing = "valid" | "disabled" | "expired";

const standings: Record<Schemas["KeyStatus"], Standing> = { Valid: "valid", Disabled: "disabled", Expired: "expired" };

/** What the key is now. */
export const standingOf = (key: Key): Standing => standings[key.status];

/** How long a new key lives. */
export const lives = ["never", "7", "30", "90", "365", "date"] as const;

/** The rules of a key as they stand in the form. */
export const rules = z.object({
  name: z.string().trim().max(64),
  models: z.string(),
  life: z.enum(lives),
  date: z.string(),
  perMinute: z.number().int().positive().nullable(),
  perDay: z.number().int().positive().nullable(),
  record: z.boolean(),
});

/** See [`rules`]. */
export type Rules = z.infer<typeof rules>;

/** The rules of a key that nobody has limited. */
export const free: Rules = { name: "", models: "", life: "never", date: "", perMinute: null, perDay: null, record: true };

const day = 86_400;

/** A moment as the value of a date field, in the user's time. */
function dateValue(seconds: number): string {
  const moment = new Date(seconds * 1000);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/** The rules of an existing key. */
export function rulesOf(key: Key): Rules {
  return {
    name: key.name,
    models: key.models.join(", "),
    life: key.expires_at ? "date" : "never",
    date: key.expires_at ? dateValue(key.expires_at) : "",
    perMinute: key.per_minute ?? null,
    perDay: key.per_day ?? null,
    record: key.record ?? true,
  };
}

/** The models in a list that a person wrote, with commas, spaces or lines between them. */
export const modelsOf = (text: string): string[] => [...new Set(text.split(/[\s,，、;；]+/).filter(Boolean))];

/** When the key ends, in seconds of Unix time: at the end of the chosen day. */
export function endOf({ life, date }: Pick<Rules, "life" | "date">, now = Date.now()): number | null {
  if (life === "never") return null;
  if (life !== "date") return Math.floor(now / 1000) + Number(life) * day;
  const [year, month, dayOfMonth] = date.split("-").map(Number);
  if (!year || !month || !dayOfMonth) return null;
  return Math.floor(new Date(year, month - 1, dayOfMonth + 1).getTime() / 1000) - 1;
}

/** The rules as the console takes them. */
export function said(values: Rules) {
  return {
    models: modelsOf(values.models),
    expires_at: endOf(values),
    per_minute: values.perMinute,
    per_day: values.perDay,
    record: values.record,
  };
}
