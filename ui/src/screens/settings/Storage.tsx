import { useQuery, useQueryClient } from "@tanstack/react-query";
import { FolderOpen, RotateCw } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import type { Schemas } from "../../api/types";
import { formatBytes } from "../../lib/format";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import { ConfirmDialog } from "../../parts/ConfirmDialog";
import { CopyButton } from "../../parts/CopyButton";
import { ErrorState } from "../../parts/ErrorState";
import { IconButton } from "../../parts/IconButton";
import { Skeleton } from "../../parts/Skeleton";
import { notify } from "../../parts/toast";
import { StorageMeter } from "./StorageMeter";
import { reveal } from "./reveal";

type Kind = Schemas["StorageKind"];

/** What takes space on the disk, with its limits, and what can be cleared. */
export function Storage() {
  const { t } = useTranslation();
  const storage = useQuery({ ...read.storage(), refetchOnMount: "always" });
  return (
    <Card
      title={t("settings.section.storage.title")}
      actions={
        <Button size="sm" busy={storage.isFetching} onClick={() => void storage.refetch()}>
          {!storage.isFetching && <RotateCw aria-hidden />}
          {t("settings.storage.refresh")}
        </Button>
      }
    >
      {storage.isPending && <Skeleton lines={6} />}
      {storage.isError && <ErrorState compact title={t("settings.storage.failed")} error={storage.error} onRetry={() => void storage.refetch()} />}
      {storage.data && <Content storage={storage.data} />}
    </Card>
  );
}

function Content({ storage }: { storage: Schemas["Storage"] }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<Kind | null>(null);
  // The rows of requests lie in the database, which counts them already.
  const total = storage.items.filter(({ kind }) => kind !== "requests").reduce((sum, { bytes }) => sum + bytes, 0);
  const clear = async (kind: Kind) => {
    queries.setQueryData(read.storage().queryKey, await answer(client.POST("/api/storage/clear", { body: { kind } })));
    if (kind === "requests") await queries.invalidateQueries({ queryKey: ["overview"] });
    notify.done(t("settings.storage.cleared", { what: t(`settings.storage.kind.${kind}.title`) }));
  };
  return (
    <>
      <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[auto_auto_minmax(0,1fr)]">
        <Fact name={t("settings.storage.used")}>{formatBytes(total)}</Fact>
        {storage.free_bytes != null && <Fact name={t("settings.storage.free")}>{formatBytes(storage.free_bytes)}</Fact>}
        <div className="min-w-0">
          <dt className="text-sm text-muted">{t("settings.storage.folder")}</dt>
          <dd className="flex items-center gap-1">
            <code className="min-w-0 text-sm break-all select-text">{storage.folder}</code>
            <CopyButton text={storage.folder} what={t("settings.storage.folder")} />
            {reveal && <IconButton icon={FolderOpen} label={t("settings.reveal")} onClick={() => void reveal?.(storage.folder)} />}
          </dd>
        </div>
      </dl>
      <ul className="mt-3 divide-y divide-line border-t border-line">
        {storage.items.map((item) => (
          <StorageMeter key={item.kind} item={item} total={total} onClear={() => setAsked(item.kind)} />
        ))}
      </ul>
      {asked && (
        <ConfirmDialog
          open
          onOpenChange={() => setAsked(null)}
          title={t("settings.storage.clearTitle", { what: t(`settings.storage.kind.${asked}.title`) })}
          text={t("settings.storage.clearText")}
          action={t("settings.storage.clear")}
          onConfirm={() => clear(asked)}
        />
      )}
    </>
  );
}

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <div>
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="tabular text-lg font-semibold">{children}</dd>
    </div>
  );
}
