import type { ComponentProps } from "react";

import { cn } from "../lib/cn";

export const controlStyle =
  "w-full min-w-0 rounded-md border border-edge bg-card px-2.5 text-base text-ink transition-colors duration-100 hover:border-muted focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 disabled:bg-sunken disabled:text-muted aria-invalid:border-bad";

/** One line of text. */
export function TextInput({ className, ...rest }: ComponentProps<"input">) {
  return <input type="text" autoComplete="off" spellCheck={false} {...rest} className={cn(controlStyle, "h-control", className)} />;
}

/** Several lines of text; grows with what is written, up to its `max-h-…`. */
export function TextArea({ className, ...rest }: ComponentProps<"textarea">) {
  return (
    <textarea rows={3} {...rest} className={cn(controlStyle, "field-sizing-content max-h-80 min-h-16 resize-y py-1.5", className)} />
  );
}
