import { type ReactNode, useId } from "react";

import { cn } from "../lib/cn";

/** What ties a control to its label, hint and error. */
export interface FieldControl {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

interface Props {
  label: string;
  /** What to know before filling it in. */
  hint?: ReactNode;
  /** What is wrong with it. */
  error?: string | undefined;
  /** Keeps the label for screen readers only. */
  quiet?: boolean;
  className?: string;
  /** Makes the control, which must take these properties. */
  children: (control: FieldControl) => ReactNode;
}

/** A labelled control with its hint and its error: `<Field label="…">{(control) => <TextInput {...control} />}</Field>`. */
export function Field({ label, hint, error, quiet, className, children }: Props) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className={cn("flex min-w-0 flex-col gap-1.5", className)}>
      <label htmlFor={id} className={quiet ? "sr-only" : "text-sm font-medium"}>
        {label}
      </label>
      {children({ id, ...(described && { "aria-describedby": described }), ...(error && { "aria-invalid": true }) })}
      {hint && (
        <div id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </div>
      )}
      {error && (
        <p id={`${id}-error`} role="alert" className="text-sm text-bad">
          {error}
        </p>
      )}
    </div>
  );
}
