import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAction } from "../../../lib/hooks";
import { Button } from "../../../parts/Button";
import { Dialog } from "../../../parts/Dialog";
import { ErrorState } from "../../../parts/ErrorState";
import { calls } from "../calls";
import { isAsked } from "../filter";
import type { ExportJob, Filter, Selection } from "../types";
import { Job } from "./Job";
import { Options } from "./Options";
import { PreviewPane } from "./PreviewPane";
import { problemOf, remember, remembered, type Scope, scoped } from "./spec";
import { Target } from "./Target";

interface Props {
  /** What is listed. */
  filter: Filter;
  /** What is chosen in the list, if anything is. */
  selection: Selection | undefined;
  /** How many are listed. */
  matching: number | undefined;
  onClose: () => void;
}

/** Writes a data set: for which trainer, of which conversations, and a look at what would come of it first. */
export function ExportDialog({ filter, selection, matching, onClose }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [spec, setSpec] = useState(remembered);
  const [scope, setScope] = useState<Scope>(selection ? "chosen" : isAsked(filter) ? "listed" : "approved");
  const [folder, setFolder] = useState("");
  const [job, setJob] = useState<ExportJob>();
  const { busy, trouble, run } = useAction();
  const problem = problemOf(spec);
  const wanted = scoped(spec, scope, filter, selection);
  const begin = () =>
    run(async () => {
      remember(spec);
      setJob(await calls.exportNow(wanted, folder.trim() || undefined));
      void queries.invalidateQueries({ queryKey: ["exports"] });
    });
  if (job) return <Job job={job} onClose={onClose} onAgain={() => setJob(undefined)} />;
  const chosen = selection && "ids" in selection ? selection.ids.length : matching;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("conversations.export.title")}
      className="top-[5vh] max-h-[90vh] max-w-5xl"
      footer={
        <>
          <p className="mr-auto max-w-[60ch] text-xs text-muted">{t("conversations.export.terms")}</p>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" busy={busy} disabledReason={problem ? t(`conversations.export.problem.${problem}`) : null} onClick={() => void begin()}>
            {t("conversations.export.begin")}
          </Button>
        </>
      }
    >
      <div className="grid grid-cols-1 gap-x-6 gap-y-4 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          <Target spec={spec} onSpec={setSpec} scope={scope} onScope={setScope} chosen={selection ? chosen : undefined} matching={isAsked(filter) ? matching : undefined} problem={problem} />
          <Options spec={spec} onSpec={setSpec} folder={folder} onFolder={setFolder} problem={problem} />
        </div>
        <div className="min-w-0">
          {trouble !== null && <ErrorState compact title={t("conversations.failed.export")} error={trouble} />}
          <PreviewPane spec={wanted} wrong={problem !== undefined} />
        </div>
      </div>
    </Dialog>
  );
}
