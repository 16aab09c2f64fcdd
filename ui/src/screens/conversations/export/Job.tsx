import { useQuery } from "@tanstack/react-query";
import { FolderOpen } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { formatNumber } from "../../../lib/format";
import { useAction } from "../../../lib/hooks";
import { Button } from "../../../parts/Button";
import { CopyButton } from "../../../parts/CopyButton";
import { Dialog } from "../../../parts/Dialog";
import { ErrorState } from "../../../parts/ErrorState";
import { Notice } from "../../../parts/Notice";
import { ProgressBar } from "../../../parts/ProgressBar";
import { reveal } from "../../settings/reveal";
import { calls } from "../calls";
import { readings } from "../queries";
import type { ExportJob } from "../types";

/** An export on its way, and what came of it. It goes on when the dialog is closed. */
export function Job({ job: begun, onClose, onAgain }: { job: ExportJob; onClose: () => void; onAgain: () => void }) {
  const { t } = useTranslation();
  const { data, refetch } = useQuery(readings.exports());
  const job = data?.find((one) => one.id === begun.id) ?? begun;
  const { busy, trouble, run } = useAction();
  const running = job.state === "running";
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => void refetch(), 1000);
    return () => clearInterval(timer);
  }, [running, refetch]);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t(`conversations.job.${job.state}`)}
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
            <ProgressBar label={t("conversations.job.running")} value={job.done} max={Math.max(1, job.total)} />
            <p className="tabular text-sm text-muted">{t("conversations.job.progress", { done: formatNumber(job.done), total: formatNumber(job.total) })}</p>
          </>
        )}
        {job.state === "failed" && <Notice tone="bad">{job.error ?? t("conversations.failed.export")}</Notice>}
        {job.state === "cancelled" && <p className="text-muted">{t("conversations.job.nothing")}</p>}
        {job.state === "done" && <Result job={job} />}
        {trouble !== null && <ErrorState compact title={t("conversations.failed.cancel")} error={trouble} />}
      </div>
    </Dialog>
  );
}

function Result({ job }: { job: ExportJob }) {
  const { t } = useTranslation();
  const sum = (counts: Record<string, number> | undefined) => Object.values(counts ?? {}).reduce((all, one) => all + one, 0);
  return (
    <>
      <p>{t("conversations.job.result", { rows: formatNumber(sum(job.tally?.rows)), dropped: formatNumber(sum(job.tally?.dropped)) })}</p>
      <div className="flex items-center gap-1 rounded-md border border-line bg-sunken px-2.5 py-1.5">
        <code className="min-w-0 flex-1 text-sm break-all select-text">{job.folder}</code>
        <CopyButton text={job.folder} what={t("conversations.job.folder")} />
        {reveal && (
          <Button size="sm" onClick={() => void reveal?.(job.folder)}>
            <FolderOpen aria-hidden />
            {t("conversations.job.show")}
          </Button>
        )}
      </div>
      <Notice tone="warn">{t("conversations.export.terms")}</Notice>
    </>
  );
}
