import { ArrowLeft, Copy, Download, EllipsisVertical, GitBranch, Layers, RotateCcw, Trash2, X } from "lucide-react";
import { useTranslation } from "react-i18next";

import { copyText } from "../../../lib/clipboard";
import { formatDuration, formatMoment, formatNumber } from "../../../lib/format";
import { Badge, type Tone } from "../../../parts/Badge";
import { IconButton } from "../../../parts/IconButton";
import { Menu } from "../../../parts/Menu";
import { Tooltip } from "../../../parts/Tooltip";
import { notify } from "../../../parts/toast";
import { languageName } from "../facets";
import { FlagChip } from "../FlagChip";
import { type FlagName, flagsOf } from "../filter";
import type { Standing, ThreadDetail, ThreadRow } from "../types";
import { plainText } from "./edit";

/** The flag that says the same as an end. */
const sameAs: Partial<Record<Standing, FlagName>> = { truncated: "truncated", client_abort: "aborted", upstream_error: "error", blocked: "blocked" };
const standingTones: Record<Standing, Tone> = { ok: "good", truncated: "warn", client_abort: "warn", upstream_error: "bad", blocked: "bad" };

interface Props {
  detail: ThreadDetail;
  /** In one pane the way leads back to the list. */
  back: boolean;
  onClose: () => void;
  onOpen: (id: number) => void;
  /** Lists what is nearly the same. */
  onLike: () => void;
  onRevert: (() => void) | undefined;
  onExport: () => void;
  onDelete: () => void;
}

/** What the conversation is, what stands out, and what can be done with it. */
export function DetailHead({ detail, back, onClose, onOpen, onLike, onRevert, onExport, onDelete }: Props) {
  const { t } = useTranslation();
  const { row, conversation } = detail;
  const flags = flagsOf(row.flags);
  const copy = () => {
    const text = (conversation.turns ?? []).map((turn) => `## ${t(`conversations.role.${turn.role}`)}\n\n${plainText(turn)}`).join("\n\n");
    copyText(text).then(
      () => notify.done(t("common.copy.done", { what: t("conversations.turn.text") })),
      (error: unknown) => notify.problem(t("common.copy.failed", { what: t("conversations.turn.text") }), error),
    );
  };
  return (
    <header className="flex shrink-0 flex-col gap-1.5 border-b border-line px-3 pt-2 pb-2">
      <div className="flex min-h-8 items-center gap-1.5">
        {back && <IconButton icon={ArrowLeft} label={t("conversations.back")} shortcut="esc" onClick={onClose} />}
        <h2 className="min-w-0 flex-1 truncate text-base font-semibold" title={row.title}>
          {row.title || t("conversations.untitled")}
        </h2>
        <Branches detail={detail} onOpen={onOpen} />
        <Menu
          trigger={<IconButton icon={EllipsisVertical} label={t("conversations.action.more")} />}
          items={[
            { label: t("conversations.action.copy"), icon: Copy, onSelect: copy },
            { label: t("conversations.action.like"), icon: Layers, onSelect: onLike, disabled: row.cluster < 2 },
            { label: t("conversations.action.export"), icon: Download, onSelect: onExport },
            ...(onRevert ? [{ label: t("conversations.action.revert"), icon: RotateCcw, onSelect: onRevert }] : []),
            "line",
            { label: t("conversations.action.delete"), icon: Trash2, danger: true, onSelect: onDelete },
          ]}
        />
        {!back && <IconButton icon={X} label={t("common.close")} shortcut="esc" onClick={onClose} />}
      </div>
      <Facts row={row} finish={conversation.finish ?? ""} />
      {(flags.length > 0 || row.cluster > 1) && (
        <div className="flex flex-wrap items-center gap-1">
          {flags.map((flag) => (
            <FlagChip key={flag} flag={flag} />
          ))}
          {row.cluster > 1 && (
            <button type="button" onClick={onLike} className="min-h-6 rounded px-1.5 text-xs text-accent hover:underline">
              {t("conversations.action.cluster", { count: row.cluster - 1 })}
            </button>
          )}
        </div>
      )}
    </header>
  );
}

/** The facts in one line, as far as they are known. */
function Facts({ row, finish }: { row: ThreadRow; finish: string }) {
  const { t } = useTranslation();
  const tokens = t("conversations.fact.tokens", { in: formatNumber(row.tokens_in), out: formatNumber(row.tokens_out) });
  const facts = [
    row.model,
    row.host ?? row.upstream,
    formatMoment(row.last_ms),
    row.tokens_in + row.tokens_out > 0 && tokens,
    row.total_ms > 0 && formatDuration(row.total_ms),
    row.language && languageName(row.language),
    row.kind !== "chat" && t(`conversations.kinds.${row.kind as "chat"}`),
  ].filter(Boolean);
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-0.5 text-xs text-muted">
      {row.standing !== "ok" && !flagsOf(row.flags).includes(sameAs[row.standing] ?? "grown") && (
        <Tooltip text={finish || null}>
          <span>
            <Badge tone={standingTones[row.standing]}>{t(`conversations.standings.${row.standing}`)}</Badge>
          </span>
        </Tooltip>
      )}
      <span className="min-w-0 break-words select-text">{facts.join(" · ")}</span>
    </div>
  );
}

/** The ways that parted from this one, and the one it parted from. */
function Branches({ detail, onOpen }: { detail: ThreadDetail; onOpen: (id: number) => void }) {
  const { t } = useTranslation();
  const { row, forks } = detail;
  const others = forks.filter((fork) => fork.id !== row.id);
  if (others.length === 0) return null;
  const label = (fork: ThreadRow) => {
    const after = (fork.id === row.parent ? row.fork_at : fork.fork_at) ?? 0;
    const way = fork.id === row.parent ? t("conversations.branch.parent", { count: after }) : t("conversations.branch.child", { count: after });
    return `${way}: ${fork.preview || fork.title}`;
  };
  return (
    <Menu
      trigger={
        <button type="button" className="inline-flex h-7 items-center gap-1 rounded-md px-1.5 text-xs text-muted hover:bg-hover hover:text-ink">
          <GitBranch className="size-4" aria-hidden />
          {t("conversations.branch.count", { count: others.length + 1 })}
        </button>
      }
      items={others.map((fork) => ({ label: label(fork), icon: GitBranch, onSelect: () => onOpen(fork.id) }))}
    />
  );
}
