import { ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";

import { cn } from "../../lib/cn";
import { formatCompact } from "../../lib/format";
import { type FacetField, unfoldedFields, useFacetWords } from "./facets";
import { isChosen } from "./filter";
import { StateMark } from "./StateMark";
import type { Filter, ReviewState } from "./types";

const FIRST = 7;

interface Props {
  field: FacetField;
  values: readonly { value: string; count: number }[];
  filter: Filter;
  onToggle: (value: string) => void;
}

/** The values of one kind, how many conversations have each, and which are chosen. */
export function FacetGroup({ field, values, filter, onToggle }: Props) {
  const { t } = useTranslation();
  const words = useFacetWords();
  const chosen = values.some(({ value }) => isChosen(filter, field, value));
  const [unfolded, setUnfolded] = useState(unfoldedFields.includes(field) || chosen);
  const [all, setAll] = useState(false);
  const id = useId();
  const shown = all ? values : values.filter(({ value }, index) => index < FIRST || isChosen(filter, field, value));
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>
        <button
          type="button"
          aria-expanded={unfolded}
          onClick={() => setUnfolded(!unfolded)}
          className="flex h-7 w-full items-center gap-1 rounded-md px-1 text-sm font-medium text-muted outline-offset-[-2px] hover:text-ink"
        >
          <ChevronRight className={cn("size-3.5 transition-transform duration-100", unfolded && "rotate-90")} aria-hidden />
          {t(`conversations.facet.${field}`)}
          {chosen && !unfolded && <span className="size-1.5 rounded-full bg-accent" aria-hidden />}
        </button>
      </h3>
      {unfolded && (
        <ul className="mb-1.5 flex flex-col">
          {shown.map(({ value, count }) => (
            <li key={value}>
              <FacetValue
                label={words(field, value)}
                count={count}
                chosen={isChosen(filter, field, value)}
                state={field === "states" ? (value as ReviewState) : undefined}
                onToggle={() => onToggle(value)}
              />
            </li>
          ))}
          {values.length > FIRST && (
            <li>
              <button type="button" className="min-h-6 px-2 text-xs text-accent hover:underline" onClick={() => setAll(!all)}>
                {t(all ? "conversations.facet.fewer" : "conversations.facet.more", { count: values.length - FIRST })}
              </button>
            </li>
          )}
        </ul>
      )}
    </section>
  );
}

interface ValueProps {
  label: string;
  count: number;
  chosen: boolean;
  state: ReviewState | undefined;
  onToggle: () => void;
}

function FacetValue({ label, count, chosen, state, onToggle }: ValueProps) {
  return (
    <button
      type="button"
      aria-pressed={chosen}
      onClick={onToggle}
      className={cn(
        "flex min-h-7 w-full items-center gap-1.5 rounded-md px-2 text-left text-sm outline-offset-[-2px] hover:bg-hover",
        chosen && "bg-accent-soft font-medium text-accent hover:bg-accent-soft",
      )}
    >
      {state && <StateMark state={state} className="[&_.sr-only]:hidden" />}
      <span className="min-w-0 flex-1 truncate" title={label}>
        {label}
      </span>
      <span className={cn("tabular shrink-0 text-xs", !chosen && "text-muted")}>{formatCompact(count)}</span>
    </button>
  );
}
