import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";

import { cn } from "../lib/cn";
import { controlStyle } from "./TextInput";

/** One of the things a [`Select`] offers. */
export interface Option<V extends string> {
  value: V;
  label: string;
  disabled?: boolean;
}

/** Some of them under a heading. */
export interface OptionGroup<V extends string> {
  label: string;
  options: readonly Option<V>[];
}

interface Props<V extends string> extends Omit<ComponentProps<"select">, "value" | "onChange"> {
  value: V;
  onChange: (value: V) => void;
  options: readonly (Option<V> | OptionGroup<V>)[];
}

/** One of a few. The system's own list, so that it behaves as people know it. */
export function Select<V extends string>({ value, onChange, options, className, ...rest }: Props<V>) {
  return (
    <span className={cn("relative inline-flex min-w-32", className)}>
      <select
        {...rest}
        value={value}
        onChange={(event) => onChange(event.target.value as V)}
        className={cn(controlStyle, "h-control appearance-none truncate pr-8")}
      >
        {options.map((option) =>
          "options" in option ? (
            <optgroup key={option.label} label={option.label} className="bg-raised text-ink">
              {option.options.map(asOption)}
            </optgroup>
          ) : (
            asOption(option)
          ),
        )}
      </select>
      <ChevronDown className="pointer-events-none absolute top-1/2 right-2.5 size-4 -translate-y-1/2 text-muted" aria-hidden />
    </span>
  );
}

function asOption<V extends string>({ value, label, disabled }: Option<V>) {
  return (
    <option key={value} value={value} disabled={disabled} className="bg-raised text-ink">
      {label}
    </option>
  );
}
