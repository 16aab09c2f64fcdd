import { formatMoment, formatRelative } from "../lib/format";
import { useNow } from "../lib/hooks";
import { Tooltip } from "./Tooltip";

/** How long ago, kept true, with the moment in full on hover. Takes milliseconds of Unix time. */
export function RelativeTime({ at, className }: { at: number; className?: string }) {
  const now = useNow(20_000);
  return (
    <Tooltip text={formatMoment(at)}>
      <time dateTime={new Date(at).toISOString()} className={className}>
        {formatRelative(at, Math.max(now, Date.now()))}
      </time>
    </Tooltip>
  );
}
