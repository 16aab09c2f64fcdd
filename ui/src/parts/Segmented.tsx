import { RadioGroup } from "radix-ui";

import { cn } from "../lib/cn";
import type { Option } from "./Select";

interface Props<V extends string> {
  /** What is chosen here. */
  label: string;
  value: V;
  onChange: (value: V) => void;
  options: readonly Option<V>[];
  className?: string;
}

/** One of two or three that are all worth seeing, such as a theme or a filter. */
export function Segmented<V extends string>({ label, value, onChange, options, className }: Props<V>) {
  return (
    <RadioGroup.Root
      aria-label={label}
      value={value}
      onValueChange={(next) => onChange(next as V)}
      orientation="horizontal"
      className={cn("inline-flex h-control rounded-md border border-edge/60 bg-sunken p-0.5", className)}
    >
      {options.map((option) => (
        <RadioGroup.Item
          key={option.value}
          value={option.value}
          {...(option.disabled && { disabled: true })}
          className="rounded px-2.5 text-sm whitespace-nowrap text-muted transition-colors duration-100 hover:text-ink data-[state=checked]:bg-card data-[state=checked]:font-medium data-[state=checked]:text-ink data-[state=checked]:shadow-card disabled:opacity-50 forced-colors:data-[state=checked]:outline"
        >
          {option.label}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
