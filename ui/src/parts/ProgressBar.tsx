import { cn } from "../lib/cn";
import type { Tone } from "./Badge";

const fill: Record<Tone, string> = {
  good: "bg-good",
  info: "bg-info",
  warn: "bg-warn",
  bad: "bg-bad",
  neutral: "bg-accent",
};

interface Props {
  /** What is measured. */
  label: string;
  /** How far, in the units of `max`. */
  value: number;
  max: number;
  /** The same in words, such as "1.2 GB of 5 GB". */
  text?: string;
  tone?: Tone;
  className?: string;
}

/** How much of a whole. */
export function ProgressBar({ label, value, max, text, tone = "neutral", className }: Props) {
  const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={value}
      {...(text && { "aria-valuetext": text })}
      className={cn("h-1.5 overflow-hidden rounded-full bg-line forced-colors:border", className)}
    >
      <div
        className={cn("h-full origin-left rounded-full transition-transform duration-200 forced-colors:bg-[CanvasText]", fill[tone])}
        style={{ transform: `scaleX(${share})` }}
      />
    </div>
  );
}
