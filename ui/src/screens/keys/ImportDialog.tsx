import { useQueryClient } from "@tanstack/react-query";
import { type ChangeEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import type { Schemas } from "../../api/types";
import { formatNumber } from "../../lib/format";
import { useAction } from "../../lib/hooks";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { ErrorState } from "../../parts/ErrorState";
import { Field } from "../../parts/Field";
import { Notice } from "../../parts/Notice";
import { TextArea } from "../../parts/TextInput";

/** Takes the keys of a `key.txt`: one a line. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const { busy, trouble, run } = useAction();
  const [report, setReport] = useState<Schemas["ImportReport"] | null>(null);

  const choose = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    if (file) setText(await file.text());
  };
  const take = () =>
    run(async () => {
      setReport(await answer(client.POST("/api/keys/import", { body: { text } })));
      setText("");
      await queries.invalidateQueries(read.keys());
    });

  return (
    <Dialog open onOpenChange={onClose} title={t("keys.import.title")} text={t("keys.import.text")} footer={
      <>
        <Button onClick={onClose}>{report ? t("common.close") : t("common.cancel")}</Button>
        <Button look="primary" busy={busy} disabledReason={text.trim() ? null : t("keys.import.nothing")} onClick={() => void take()}>
          {t("keys.import.do")}
        </Button>
      </>
    }>
      <div className="flex flex-col gap-4">
        {report && <Report report={report} />}
        <Field label={t("keys.import.file")}>
          {(control) => (
            <input {...control} type="file" accept=".txt,text/plain" onChange={(event) => void choose(event)} className="text-sm file:mr-3 file:h-control file:rounded-md file:border file:border-edge file:bg-card file:px-3 file:text-ink" />
          )}
        </Field>
        <Field label={t("keys.import.lines")}>
          {(control) => <TextArea {...control} value={text} onChange={(event) => setText(event.target.value)} spellCheck={false} className="font-mono" />}
        </Field>
        {trouble != null && <ErrorState compact title={t("keys.import.failed")} error={trouble} />}
      </div>
    </Dialog>
  );
}

function Report({ report }: { report: Schemas["ImportReport"] }) {
  const { t } = useTranslation();
  const list = (lines: number[]) => lines.map(formatNumber).join(", ");
  const refused = report.too_short.length + report.unsendable.length > 0;
  return (
    <Notice tone={refused ? "warn" : "good"} title={t("keys.import.added", { count: report.added.length })}>
      {report.already_there > 0 && <p>{t("keys.import.known", { count: report.already_there })}</p>}
      {report.too_short.length > 0 && <p>{t("keys.import.short", { lines: list(report.too_short) })}</p>}
      {report.unsendable.length > 0 && <p>{t("keys.import.unsendable", { lines: list(report.unsendable) })}</p>}
    </Notice>
  );
}
