import { useQuery } from "@tanstack/react-query";
import { Download, FolderOpen } from "lucide-react";
import { useTranslation } from "react-i18next";

import { formatBytes, formatNumber } from "../../../lib/format";
import { useAction } from "../../../lib/hooks";
import { saveFile } from "../../../lib/save";
import { Button } from "../../../parts/Button";
import { CopyButton } from "../../../parts/CopyButton";
import { Dialog } from "../../../parts/Dialog";
import { ErrorState } from "../../../parts/ErrorState";
import { IconButton } from "../../../parts/IconButton";
import { Notice } from "../../../parts/Notice";
import { ProgressBar } from "../../../parts/ProgressBar";
import { reveal } from "../../settings/reveal";
import { calls } from "../calls";
import { readings } from "../queries";
import type { ExportJob, ExportSummary } from "../types";

/** An export on its way, and what came of it. It goes on when the dialog is closed. */
export function Job({ job: begun, onClose, onAgain }: { job: ExportJob; onClose: () => void; onAgain: () => void }) {
  const { t } = useTranslation();
  const { data, refetch } = useQuery({
    ...readings.exports(),
    // An event tells of every change; what ended before the page heard it is seen all the same.
    refetchInterval: ({ state }) => ((state.data?.find((one) => one.id === begun.id)?.state.state ?? "running") === "running" ? 1000 : false),
  });
  const job = data?.find((one) => one.id === begun.id) ?? begun;
  const { busy, trouble, run } = useAction();
  const { state } = job;
  const running = state.state === "running";
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t(`conversations.job.${state.state}`)}
      className="max-w-lg"
      footer={
        <>
          {running ? (
            <Button busy={busy} onClick={() => void run(() => calls.cancelExport(job.id).then(() => refetch()))}>
              {t("conversations.job.cancel")}
            </Button>
          ) : (
            <Button onClick={onAgain}>{t("conversations.job.again")}</Button>
          )}
          <Button look="primary" onClick={onClose}>
            {t(running ? "conversations.job.background" : "common.close")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3" role="status">
        {running && (
          <>
            <ProgressBar label={t("conversations.job.running")} value={job.done} max={Math.max(1, job.of)} />
            <p className="tabular text-sm text-muted">{t("conversations.job.progress", { done: formatNumber(job.done), total: formatNumber(job.of) })}</p>
          </>
        )}
        {state.state === "failed" && <Notice tone="bad">{state.why}</Notice>}
        {state.state === "cancelled" && <p className="text-muted">{t("conversations.job.nothing")}</p>}
        {state.state === "done" && <Result id={job.id} summary={state.summary} />}
        {trouble !== null && <ErrorState compact title={t("conversations.failed.cancel")} error={trouble} />}
      </div>
    </Dialog>
  );
}

function Result({ id, summary }: { id: number; summary: ExportSummary }) {
  const { t } = useTranslation();
  const { run, trouble } = useAction();
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, one) => all + one, 0);
  const counted = (what: "rows" | "dropped") => {
    const count = sum(summary.tally[what]);
    return t(`conversations.job.${what}`, { count, shown: formatNumber(count) });
  };
  const save = (name: string) => run(async () => saveFile(new Blob([await calls.exportFile(id, name)]), name.split("/").at(-1) ?? name));
  return (
    <>
      <p>{t("conversations.job.result", { rows: counted("rows"), dropped: counted("dropped") })}</p>
      <div className="flex items-center gap-1 rounded-md border border-line bg-sunken px-2.5 py-1.5">
        <code className="min-w-0 flex-1 text-sm break-all select-text">{summary.folder}</code>
        <CopyButton text={summary.folder} what={t("conversations.job.folder")} />
        {reveal && (
          <Button size="sm" onClick={() => void reveal?.(summary.folder)}>
            <FolderOpen aria-hidden />
            {t("conversations.job.show")}
          </Button>
        )}
      </div>
      <ul aria-label={t("conversations.job.files")} className="flex max-h-52 flex-col overflow-y-auto">
        {summary.files.slice(0, 40).map(({ name, bytes }) => (
          <li key={name} className="flex min-h-8 items-center gap-2 border-b border-line/60 text-sm last:border-0">
            <code className="min-w-0 flex-1 truncate">{name}</code>
            <span className="tabular text-xs text-muted">{formatBytes(bytes)}</span>
            {/* The window has the folder itself, and saves no files. */}
            {!reveal && <IconButton icon={Download} label={t("conversations.job.save", { name })} onClick={() => void save(name)} />}
          </li>
        ))}
      </ul>
      {trouble !== null && <ErrorState compact title={t("conversations.failed.media")} error={trouble} />}
      <Notice tone="warn">{t("conversations.export.terms")}</Notice>
    </>
  );
}
