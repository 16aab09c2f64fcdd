import { RadioGroup } from "radix-ui";
import type { ReactNode } from "react";

import { cn } from "../lib/cn";

interface Props<V extends string> {
  /** What is chosen here; or the id of what says so. */
  label?: string;
  labelledBy?: string;
  value: V | null;
  onChange: (value: V) => void;
  children: ReactNode;
}

/** One of several that each need some words: a list of [`RadioCard`]s. */
export function RadioCards<V extends string>({ label, labelledBy, value, onChange, children }: Props<V>) {
  return (
    <RadioGroup.Root
      {...(label && { "aria-label": label })}
      {...(labelledBy && { "aria-labelledby": labelledBy })}
      value={value}
      onValueChange={(next) => onChange(next as V)}
      className="flex flex-col gap-2"
    >
      {children}
    </RadioGroup.Root>
  );
}

/** One choice of [`RadioCards`]. What it says stays readable when it cannot be chosen. */
export function RadioCard({ value, disabled = false, children }: { value: string; disabled?: boolean; children: ReactNode }) {
  return (
    <RadioGroup.Item
      value={value}
      disabled={disabled}
      className="group flex w-full items-start gap-3 rounded-md border border-line bg-card px-3 py-2.5 text-left transition-colors duration-100 not-disabled:hover:border-edge data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft/50"
    >
      <span
        className={cn(
          "mt-1 grid size-4 shrink-0 place-items-center rounded-full border border-edge group-data-[state=checked]:border-accent",
          disabled && "opacity-50",
        )}
      >
        <RadioGroup.Indicator className="size-2 rounded-full bg-accent forced-colors:bg-[CanvasText]" />
      </span>
      <span className="min-w-0 flex-1">{children}</span>
    </RadioGroup.Item>
  );
}
