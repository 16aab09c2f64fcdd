import i18next from "i18next";

const cache = new Map<string, unknown>();

function kept<T>(name: string, make: (language: string) => T): T {
  const key = `${i18next.language} ${name}`;
  if (!cache.has(key)) cache.set(key, make(i18next.language));
  return cache.get(key) as T;
}

/** `1,234` */
export const formatNumber = (value: number): string =>
  kept("number", (language) => new Intl.NumberFormat(language)).format(value);

/** `12.3K`, `1.2万` */
export const formatCompact = (value: number): string =>
  value < 10_000
    ? formatNumber(value)
    : kept("compact", (language) => new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 })).format(value);

/** `98.5%` of a share between 0 and 1. */
export const formatPercent = (share: number): string =>
  kept("percent", (language) => new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 })).format(share);

const byteUnits = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** `12.3 MB` */
export function formatBytes(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log10(bytes) / 3));
  const unit = byteUnits[step] ?? "byte";
  const digits = step === 0 ? 0 : 1;
  return kept(unit, (language) =>
    new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: step === 0 ? "long" : "short", maximumFractionDigits: digits }),
  ).format(bytes / 1000 ** step);
}

const unitFormat = (unit: string, digits: number) =>
  kept(`${unit} ${digits}`, (language) => new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "narrow", maximumFractionDigits: digits }));

const pairs = [
  ["day", 86_400_000, "hour", 3_600_000],
  ["hour", 3_600_000, "minute", 60_000],
  ["minute", 60_000, "second", 1000],
] as const;

/** A duration in milliseconds: `840ms`, `3.2s`, `4m 12s`, `3h 5m`, `2d 4h`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return unitFormat("millisecond", 0).format(Math.round(ms));
  if (ms < 59_500) return unitFormat("second", ms < 9_950 ? 1 : 0).format(ms / 1000);
  const whole = Math.round(ms / 1000) * 1000;
  const [big, bigMs, small, smallMs] = pairs.find(([, size]) => whole >= size) ?? pairs[2];
  const rest = Math.floor((whole % bigMs) / smallMs);
  const first = unitFormat(big, 0).format(Math.floor(whole / bigMs));
  return rest === 0 ? first : `${first} ${unitFormat(small, 0).format(rest)}`;
}

/** A moment in full: `21 Nov 2026, 15:01:17`. */
export const formatMoment = (ms: number): string =>
  kept("moment", (language) => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" })).format(ms);

/** A day: `21 Nov 2026`. */
export const formatDay = (ms: number): string =>
  kept("day", (language) => new Intl.DateTimeFormat(language, { dateStyle: "medium" })).format(ms);

/** The time of a day: `15:01:17`, or `15:01` without seconds. */
export const formatClock = (ms: number, seconds = true): string =>
  kept(`clock ${seconds}`, (language) =>
    new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", ...(seconds && { second: "2-digit" }), hourCycle: "h23" }),
  ).format(ms);

/** When something ends: `14:20` today, `22 Nov, 14:20` on another day. */
export function formatUntil(ms: number, now = Date.now()): string {
  if (new Date(ms).toDateString() === new Date(now).toDateString()) return formatClock(ms, false);
  const fields = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  return kept("until", (language) => new Intl.DateTimeFormat(language, fields)).format(ms);
}

/** How long ago or ahead: `3 minutes ago`, `in 2 hours`. */
export function formatRelative(ms: number, now = Date.now()): string {
  const format = kept("relative", (language) => new Intl.RelativeTimeFormat(language, { numeric: "auto" }));
  const seconds = Math.round((ms - now) / 1000);
  const size = Math.abs(seconds);
  if (size < 10) return format.format(0, "second");
  if (size < 60) return format.format(seconds, "second");
  if (size < 3600) return format.format(Math.trunc(seconds / 60), "minute");
  if (size < 86_400) return format.format(Math.trunc(seconds / 3600), "hour");
  if (size < 30 * 86_400) return format.format(Math.trunc(seconds / 86_400), "day");
  return formatDay(ms);
}
