import { GitBranch, MessagesSquare, PencilLine, Star, StickyNote } from "lucide-react";
import { memo, type MouseEvent } from "react";
import { useTranslation } from "react-i18next";

import { cn } from "../../lib/cn";
import { formatCompact } from "../../lib/format";
import { RelativeTime } from "../../parts/RelativeTime";
import type { Mark } from "./detail/marks";
import { FlagChip } from "./FlagChip";
import { flagsOf } from "./filter";
import { Marked } from "./Marked";
import { StateMark } from "./StateMark";
import type { ThreadRow } from "./types";

/** What a line tells of what is done to it. */
export interface LinePorts {
  activate: (id: number, focus: boolean) => void;
  open: (row: ThreadRow) => void;
  toggle: (id: number, through: boolean) => void;
}

interface Props {
  row: ThreadRow;
  index: number;
  ports: LinePorts;
  marks: readonly Mark[];
  active: boolean;
  opened: boolean;
  chosen: boolean;
  top: number;
  height: number;
}

const MOST_FLAGS = 2;

function Line({ row, index, ports, marks, active, opened, chosen, top, height }: Props) {
  const { t } = useTranslation();
  const press = (event: MouseEvent) => {
    if ((event.target as Element).closest("input, label")) return;
    ports.activate(row.id, true);
    if (event.shiftKey || event.ctrlKey || event.metaKey) ports.toggle(row.id, event.shiftKey);
    else ports.open(row);
  };
  return (
    <div
      role="row"
      data-row={row.id}
      aria-rowindex={index + 1}
      aria-selected={chosen}
      {...(opened && { "aria-current": true })}
      tabIndex={active ? 0 : -1}
      onClick={press}
      onFocus={() => ports.activate(row.id, false)}
      style={{ transform: `translateY(${top}px)`, height }}
      className={cn(
        "absolute top-0 left-0 grid w-full grid-cols-[auto_minmax(0,1fr)] content-center gap-x-2 border-b border-line/70 pr-3 outline-offset-[-2px] hover:bg-hover",
        chosen && "bg-accent-soft/60",
        opened && "bg-accent-soft shadow-[inset_3px_0_0_var(--accent)]",
      )}
    >
      <div role="gridcell" className="row-span-3 flex flex-col items-center">
        <label className="grid size-8 place-items-center">
          <input
            type="checkbox"
            tabIndex={-1}
            checked={chosen}
            onChange={() => undefined}
            onClick={(event) => ports.toggle(row.id, event.shiftKey)}
            aria-label={t("common.table.select")}
            className="size-4 accent-accent"
          />
        </label>
      </div>
      <div role="gridcell" className="min-w-0">
        <div className="flex items-center gap-2">
          <StateMark state={row.state} />
          <span className="min-w-0 flex-1 truncate font-medium">
            {row.title ? <Marked text={row.title} marks={marks} /> : <em className="text-muted">{t("conversations.untitled")}</em>}
          </span>
          <RelativeTime at={row.last_ms} className="shrink-0 text-xs text-muted" />
        </div>
        <p className="truncate text-sm text-muted">
          <Marked text={row.preview.replace(/\s+/g, " ") || "–"} marks={marks} />
        </p>
        <div className="flex h-5.5 items-center gap-2 overflow-hidden text-xs text-muted">
          <span className="min-w-12 truncate">{row.model || row.upstream}</span>
          <Small icon={MessagesSquare} label={t("conversations.row.turns", { count: row.turns })} text={formatCompact(row.turns)} />
          {row.rating && <Small icon={Star} label={t("conversations.row.rating", { count: row.rating })} text={String(row.rating)} />}
          {row.parent && <Small icon={GitBranch} label={t("conversations.row.fork")} />}
          {row.edited && <Small icon={PencilLine} label={t("conversations.row.edited")} />}
          {row.note && <Small icon={StickyNote} label={t("conversations.row.note")} />}
          <Chips row={row} />
        </div>
      </div>
    </div>
  );
}

function Small({ icon: Icon, label, text }: { icon: typeof Star; label: string; text?: string }) {
  return (
    <span title={label} className="tabular inline-flex shrink-0 items-center gap-0.5">
      <Icon className="size-3.5" aria-hidden />
      <span className="sr-only">{label}</span>
      {text && <span aria-hidden>{text}</span>}
    </span>
  );
}

/** What stands out, and the tags, as far as there is room. */
function Chips({ row }: { row: ThreadRow }) {
  const flags = flagsOf(row.flags);
  const more = flags.length - MOST_FLAGS;
  return (
    <span className="ml-auto flex min-w-0 flex-1 items-center justify-end gap-1">
      {/* What has no room goes to a second line that is not seen. */}
      <span className="flex h-4.5 min-w-0 flex-wrap justify-end gap-x-1 overflow-hidden">
        {flags.slice(0, MOST_FLAGS).map((flag) => (
          <FlagChip key={flag} flag={flag} small />
        ))}
        {row.tags.slice(0, 2).map((tag) => (
          <span key={tag} className="max-w-24 truncate rounded border border-line px-1 leading-4 text-muted">
            {tag}
          </span>
        ))}
      </span>
      {more > 0 && <span className="shrink-0">+{more}</span>}
    </span>
  );
}

/** A conversation in the list; drawn anew only when something in it changed. */
export const ThreadLine = memo(Line);
