import { cn } from "../lib/cn";

/** The postern: a small gate in a wall. The same drawing as `icons/icon.svg`. */
export function Gate({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 64 64" className={cn("shrink-0", className)} aria-hidden>
      <rect width="64" height="64" rx="14" className="fill-accent forced-colors:fill-[CanvasText]" />
      <g className="fill-on-accent forced-colors:fill-[Canvas]">
        <path d="M16 52V30a16 16 0 0 1 32 0v22h-6V30a10 10 0 0 0-20 0v22Z" />
        <path d="M25 52V31a7 7 0 0 1 5.5-6.8V52Z" />
        <circle cx="37" cy="39" r="2.2" />
      </g>
    </svg>
  );
}
