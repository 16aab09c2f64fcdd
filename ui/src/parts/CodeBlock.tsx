import type { ReactNode } from "react";

import { cn } from "../lib/cn";
import { CopyButton } from "./CopyButton";

interface Props {
  /** What it is; the name of the region and of its copy button. */
  label: string;
  code: string;
  /** The same as it is shown, when something in it is marked. */
  shown?: ReactNode | undefined;
  /** What is copied, when it is not what is shown (a masked key). */
  copy?: string;
  /** Keeps the label for screen readers only. */
  quiet?: boolean;
  /** Breaks long lines instead of scrolling sideways. */
  wrap?: boolean;
  className?: string;
}

/** A text to be copied into somewhere else, or read as it is. */
export function CodeBlock({ label, code, shown, copy, quiet, wrap, className }: Props) {
  return (
    <figure className={cn("min-w-0", className)}>
      <figcaption className={quiet ? "sr-only" : "mb-1.5 text-sm font-medium"}>{label}</figcaption>
      <div className="group relative rounded-md border border-line bg-sunken">
        <pre
          tabIndex={0}
          aria-label={label}
          className={cn(
            "max-h-96 overflow-auto px-3 py-2.5 pr-11 text-sm leading-relaxed select-text",
            wrap && "break-words whitespace-pre-wrap",
          )}
        >
          <code>{shown ?? code}</code>
        </pre>
        <CopyButton text={copy ?? code} what={label} className="absolute top-1.5 right-1.5 bg-sunken" />
      </div>
    </figure>
  );
}
