import { useQuery, useQueryClient } from "@tanstack/react-query";
import { FilePen, Undo2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import type { Schemas } from "../../api/types";
import { formatMoment } from "../../lib/format";
import { useAction } from "../../lib/hooks";
import { Badge } from "../../parts/Badge";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import { Dialog } from "../../parts/Dialog";
import { ErrorState } from "../../parts/ErrorState";
import { Notice } from "../../parts/Notice";
import { notify } from "../../parts/toast";
import { Diff } from "./Diff";

interface Props {
  id: Schemas["ClientId"];
  name: string;
  model: string;
  secret: string | null;
}

/** Writes a client's configuration file, after showing what would change and keeping what was there. */
export function FileCard({ id, name, model, secret }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const found = useQuery(read.clients()).data?.clients.find((one) => one.id === id);
  const [preview, setPreview] = useState<Schemas["ClientPreview"] | null>(null);
  const { busy, trouble, run } = useAction();
  if (!found) return null;
  const params = { path: { id } };
  const choice = { model, ...(secret && { key: secret }) };

  const attempt = (work: () => Promise<unknown>) =>
    run(async () => {
      await work();
      await queries.invalidateQueries(read.clients());
    });
  const look = () => attempt(async () => setPreview(await answer(client.POST("/api/clients/{id}/preview", { params, body: choice }))));
  const write = (revision: string) =>
    attempt(async () => {
      const done = await answer(client.POST("/api/clients/{id}/apply", { params, body: { ...choice, revision } }));
      setPreview(null);
      notify.done(t("connect.file.written", { path: done.path }), done.backup ? t("connect.file.backup", { path: done.backup }) : undefined);
    });
  const restore = () =>
    attempt(async () => {
      const done = await answer(client.POST("/api/clients/{id}/restore", { params }));
      notify.done(t("connect.file.restored", { path: done.path }));
    });

  return (
    <Card
      title={t("connect.file.title", { name })}
      actions={found.configured ? <Badge tone="good">{t("connect.file.configured")}</Badge> : null}
    >
      <p className="text-muted">{t(found.exists ? "connect.file.text" : "connect.file.textNew")}</p>
      <p className="mt-1 font-mono text-sm break-all select-text">{found.path}</p>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button busy={busy && !preview} onClick={() => void look()}>
          <FilePen aria-hidden />
          {t("connect.file.look")}
        </Button>
        {found.backup_at != null && (
          <Button look="ghost" onClick={() => void restore()}>
            <Undo2 aria-hidden />
            {t("connect.file.restore", { moment: formatMoment(found.backup_at * 1000) })}
          </Button>
        )}
      </div>
      {trouble != null && !preview && <ErrorState compact title={t("connect.file.failed")} error={trouble} />}
      {preview && (
        <Dialog
          open
          onOpenChange={() => setPreview(null)}
          title={t("connect.file.previewTitle", { name })}
          text={<span className="font-mono text-sm break-all">{preview.path}</span>}
          className="max-w-2xl"
          footer={
            <>
              <Button onClick={() => setPreview(null)}>{t("common.cancel")}</Button>
              <Button
                look="primary"
                busy={busy}
                disabledReason={preview.unchanged ? t("connect.file.unchanged") : null}
                onClick={() => void write(preview.revision)}
              >
                {t("connect.file.write")}
              </Button>
            </>
          }
        >
          {preview.unchanged ? <Notice tone="good">{t("connect.file.unchanged")}</Notice> : <Diff text={preview.diff} />}
          {trouble != null && <ErrorState compact title={t("connect.file.failed")} error={trouble} />}
        </Dialog>
      )}
    </Card>
  );
}
