import { useId } from "react";

import { cn } from "../lib/cn";

/** One value of a [`Sparkline`]. */
export interface Point {
  /** When or what, for the table. */
  label: string;
  value: number;
}

interface Props {
  /** What is drawn; the caption of the table. */
  label: string;
  /** The name of the first column of the table. */
  over: string;
  points: readonly Point[];
  /** A value in words; the number as it is without it. */
  format?: (value: number) => string;
  /** What a high bar means. */
  tone?: "accent" | "bad";
  className?: string;
}

const width = 160;
const height = 36;

/** A small chart of bars. Its numbers stand in a table that screen readers find in its place. */
export function Sparkline({ label, over, points, format = String, tone = "accent", className }: Props) {
  const clip = useId();
  const top = Math.max(...points.map((point) => point.value), 1);
  const step = width / Math.max(points.length, 1);
  return (
    <div className={cn("relative", className)}>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" className="block h-9 w-full" aria-hidden>
        <clipPath id={clip}>
          <rect width={width} height={height} />
        </clipPath>
        <g clipPath={`url(#${clip})`}>
          {points.map((point, index) => {
            const bar = point.value === 0 ? 1.5 : Math.max(3, (point.value / top) * height);
            return (
              <rect
                key={point.label}
                x={index * step + step * 0.14}
                y={height - bar}
                width={step * 0.72}
                height={bar}
                rx={1}
                className={cn(point.value === 0 ? "fill-line" : tone === "bad" ? "fill-bad" : "fill-accent", "forced-colors:fill-[CanvasText]")}
              />
            );
          })}
        </g>
      </svg>
      {/* A table does not shrink to nothing by itself. */}
      <div className="sr-only">
        <table>
          <caption>{label}</caption>
          <thead>
            <tr>
              <th scope="col">{over}</th>
              <th scope="col">{label}</th>
            </tr>
          </thead>
          <tbody>
            {points.map((point) => (
              <tr key={point.label}>
                <th scope="row">{point.label}</th>
                <td>{format(point.value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
