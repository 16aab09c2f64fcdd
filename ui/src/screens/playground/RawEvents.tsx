import { useVirtualizer } from "@tanstack/react-virtual";
import { Radio } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";

import { formatNumber } from "../../lib/format";
import { CopyButton } from "../../parts/CopyButton";
import { EmptyState } from "../../parts/EmptyState";
import type { Frame } from "./answer";
import type { Exchange } from "./exchange";

/** The events of the last answer as they came over the wire. */
export function RawEvents({ exchange }: { exchange: Exchange | undefined }) {
  const { t } = useTranslation();
  const frames = exchange?.answer.frames ?? [];
  const skipped = exchange?.answer.skipped ?? 0;
  if (frames.length === 0) return <EmptyState icon={Radio} title={t("playground.events.none")} text={t("playground.events.noneText")} />;
  return (
    <div className="flex h-full flex-col gap-2 pb-3">
      <div className="flex items-center gap-2 text-sm text-muted">
        {t("playground.events.count", { count: frames.length, shown: formatNumber(frames.length) })}
        {skipped > 0 && ` ${t("playground.events.skipped", { shown: formatNumber(skipped) })}`}
        <CopyButton text={frames.map((frame) => frame.data).join("\n")} what={t("playground.tab.events")} className="ml-auto" />
      </div>
      <FrameList frames={frames} />
    </div>
  );
}

function FrameList({ frames }: { frames: readonly Frame[] }) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: frames.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 44,
    overscan: 8,
  });
  return (
    <div
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label={t("playground.tab.events")}
      className="min-h-0 flex-1 overflow-auto rounded-md border border-line bg-sunken font-mono text-xs"
    >
      <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const frame = frames[index];
          if (!frame) return null;
          return (
            <div
              key={index}
              data-index={index}
              ref={virtualizer.measureElement}
              style={{ transform: `translateY(${start}px)` }}
              className="absolute top-0 left-0 flex w-full gap-3 border-b border-line/60 px-3 py-1"
            >
              <span className="tabular w-18 shrink-0 text-right text-muted">{`+${formatNumber(Math.round(frame.at))} ms`}</span>
              <code className="min-w-0 flex-1 break-all select-text">{frame.data.length > 4000 ? `${frame.data.slice(0, 4000)}…` : frame.data}</code>
            </div>
          );
        })}
      </div>
    </div>
  );
}
