import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, memo, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { cn } from "../../../lib/cn";
import { formatClock, formatMoment } from "../../../lib/format";
import { type Tone, toneText } from "../../../parts/Badge";
import type { LogLine } from "./tail";

const tones: Record<LogLine["level"], Tone> = { error: "bad", warn: "warn", info: "info", debug: "neutral" };
const upwards = ["ArrowUp", "PageUp", "Home"];

interface Props {
  lines: readonly LogLine[];
  /** Stays at the end as lines come. */
  follow: boolean;
  /** Called when somebody scrolls back to read. */
  onLeave: () => void;
}

/** The lines that are in sight, of however many there are. */
export function LogLines({ lines, follow, onLeave }: Props) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 22,
    getItemKey: (index) => lines[index]?.seq ?? index,
    overscan: 20,
  });
  const last = lines.at(-1)?.seq;
  useEffect(() => {
    if (follow && last !== undefined) virtualizer.scrollToIndex(lines.length - 1, { align: "end" });
  }, [follow, last, lines.length, virtualizer]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (upwards.includes(event.key) && !event.ctrlKey && !event.metaKey) onLeave();
  };
  return (
    <div
      ref={scroller}
      role="log"
      // New lines come too fast to be read out; the list is there to be read.
      aria-live="off"
      aria-label={t("settings.logs.lines")}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onWheel={(event) => event.deltaY < 0 && onLeave()}
      className="h-[52dvh] min-h-64 overflow-y-auto overscroll-contain rounded-md border border-line bg-sunken font-mono text-xs [font-variant-ligatures:none] select-text [overflow-anchor:none]"
    >
      <div className="relative w-full" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, key, start }) => {
          const line = lines[index];
          return (
            line && (
              <div
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${start}px)` }}
              >
                <Line line={line} />
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}

const Line = memo(function Line({ line }: { line: LogLine }) {
  const { at_ms: at, level, target, message } = line;
  return (
    <p className="flex gap-2.5 px-3 py-0.5 leading-relaxed hover:bg-hover" lang="en">
      <time dateTime={new Date(at).toISOString()} title={formatMoment(at)} className="tabular shrink-0 text-muted">
        {formatClock(at)}
      </time>
      <span className={cn("w-10 shrink-0 font-semibold uppercase", toneText[tones[level]])}>{level}</span>
      <span className="min-w-0 flex-1 break-words whitespace-pre-wrap">
        <span className="text-muted">{target} </span>
        {message}
      </span>
    </p>
  );
});
