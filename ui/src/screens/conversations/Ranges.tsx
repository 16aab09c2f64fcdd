import { ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";

import { cn } from "../../lib/cn";
import { Field } from "../../parts/Field";
import { Select } from "../../parts/Select";
import { TextInput } from "../../parts/TextInput";
import { tidy } from "./filter";
import type { Filter } from "./types";

const DAY = 86_400_000;
const spans = ["any", "today", "week", "month", "own"] as const;
type Span = (typeof spans)[number];

const startOfDay = (ms: number) => new Date(new Date(ms).setHours(0, 0, 0, 0)).getTime();
const begins: Partial<Record<Span, (now: number) => number>> = {
  today: startOfDay,
  week: (now) => startOfDay(now) - 6 * DAY,
  month: (now) => startOfDay(now) - 29 * DAY,
};

/** Which of the usual spans a filter means. */
function spanOf(filter: Filter): Span {
  if (filter.until_ms) return "own";
  if (!filter.from_ms) return "any";
  return spans.find((span) => begins[span]?.(Date.now()) === filter.from_ms) ?? "own";
}

const pad = (value: number) => String(value).padStart(2, "0");
const dayText = (ms: number | null | undefined) => {
  if (!ms) return "";
  const day = new Date(ms);
  return `${day.getFullYear()}-${pad(day.getMonth() + 1)}-${pad(day.getDate())}`;
};
const dayOf = (text: string) => (text === "" ? null : new Date(`${text}T00:00:00`).getTime());

interface Props {
  filter: Filter;
  onChange: (filter: Filter) => void;
}

/** What is not chosen from a list: when, how long, how good. */
export function Ranges({ filter, onChange }: Props) {
  const { t } = useTranslation();
  const [own, setOwn] = useState(false);
  const limited = [filter.tokens_from, filter.tokens_until, filter.edited, filter.rating_from].some((one) => one !== undefined && one !== null);
  const [unfolded, setUnfolded] = useState(limited);
  const id = useId();
  const set = (change: Filter) => onChange(tidy({ ...filter, ...change }));
  const span = own ? "own" : spanOf(filter);
  const chooseSpan = (next: Span) => {
    setOwn(next === "own");
    if (next !== "own") set({ from_ms: begins[next]?.(Date.now()) ?? null, until_ms: null });
  };
  const count = (text: string) => (/^[1-9]\d*$/.test(text) ? Number(text) : null);
  return (
    <section aria-labelledby={id} className="flex flex-col gap-2 pt-1">
      <Field label={t("conversations.facet.when")} className="px-1">
        {(control) => (
          <Select
            {...control}
            value={span}
            onChange={chooseSpan}
            options={spans.map((value) => ({ value, label: t(`conversations.span.${value}`) }))}
          />
        )}
      </Field>
      {span === "own" && (
        <div className="flex flex-col gap-1.5 px-1">
          <TextInput type="date" aria-label={t("conversations.facet.from")} value={dayText(filter.from_ms)} onChange={(event) => set({ from_ms: dayOf(event.target.value) })} />
          <TextInput
            type="date"
            aria-label={t("conversations.facet.until")}
            value={dayText(filter.until_ms && filter.until_ms - 1)}
            onChange={(event) => {
              const day = dayOf(event.target.value);
              set({ until_ms: day && day + DAY });
            }}
          />
        </div>
      )}
      <button
        type="button"
        id={id}
        aria-expanded={unfolded}
        onClick={() => setUnfolded(!unfolded)}
        className="flex h-7 items-center gap-1 rounded-md px-1 text-sm font-medium text-muted outline-offset-[-2px] hover:text-ink"
      >
        <ChevronRight className={cn("size-3.5 transition-transform duration-100", unfolded && "rotate-90")} aria-hidden />
        {t("conversations.facet.further")}
      </button>
      {unfolded && (
        <div className="flex flex-col gap-2 px-1 pb-2">
          <Select
            aria-label={t("conversations.facet.rating")}
            value={String(filter.rating_from ?? 0)}
            onChange={(value) => set({ rating_from: Number(value) })}
            options={[0, 1, 2, 3, 4, 5].map((stars) => ({ value: String(stars), label: t(`conversations.stars.${stars as 0 | 1 | 2 | 3 | 4 | 5}`) }))}
          />
          <Select
            aria-label={t("conversations.facet.edited")}
            value={filter.edited === undefined || filter.edited === null ? "any" : filter.edited ? "yes" : "no"}
            onChange={(value) => set({ edited: value === "any" ? null : value === "yes" })}
            options={(["any", "yes", "no"] as const).map((value) => ({ value, label: t(`conversations.editedIs.${value}`) }))}
          />
          <div className="flex gap-1.5">
            {(["tokens_from", "tokens_until"] as const).map((name) => (
              <TextInput
                key={name}
                inputMode="numeric"
                aria-label={t(`conversations.facet.${name}`)}
                placeholder={t(`conversations.facet.${name}`)}
                defaultValue={filter[name] ?? ""}
                onBlur={(event) => set({ [name]: count(event.target.value.trim()) })}
              />
            ))}
          </div>
        </div>
      )}
    </section>
  );
}
