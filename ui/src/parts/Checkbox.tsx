import type { ComponentProps, ReactNode } from "react";

import { cn } from "../lib/cn";

interface Props extends Omit<ComponentProps<"input">, "onChange" | "checked"> {
  checked: boolean;
  onChange: (checked: boolean) => void;
  /** What is chosen; the whole line takes the click. */
  children: ReactNode;
}

/** Chosen or not, counted when the form is sent. */
export function Checkbox({ checked, onChange, children, className, ...rest }: Props) {
  return (
    <label className={cn("flex min-h-6 items-start gap-2.5", className)}>
      <input
        {...rest}
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-0.75 size-4 shrink-0 accent-accent"
      />
      <span className="min-w-0">{children}</span>
    </label>
  );
}
