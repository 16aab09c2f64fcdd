import { useQuery, useQueryClient } from "@tanstack/react-query";
import { EyeOff, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import type { Schemas } from "../../api/types";
import { formatBytes, formatMoment, formatNumber } from "../../lib/format";
import { useAction } from "../../lib/hooks";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import { ConfirmDialog } from "../../parts/ConfirmDialog";
import { ErrorState } from "../../parts/ErrorState";
import { Facts } from "../../parts/Facts";
import { Notice } from "../../parts/Notice";
import { ProgressBar } from "../../parts/ProgressBar";
import { Skeleton } from "../../parts/Skeleton";
import { notify } from "../../parts/toast";
import type { Setting } from "./model";
import { SettingsCard } from "./SettingsCard";

type View = Schemas["RecordingView"];

/** Whether conversations are recorded, how many are kept, and the ways to stop it and to forget them. */
export function RecordingSection({ settings }: { settings: readonly Setting[] }) {
  const { t } = useTranslation();
  const recording = useQuery({ ...read.recording(), refetchOnMount: "always" });
  const most = settings.find(({ key }) => key === "recording.max_bytes")?.value;
  return (
    <>
      <SettingsCard section="recording" settings={settings} />
      <Card title={t("settings.recording.title")}>
        {recording.isPending && <Skeleton lines={4} />}
        {recording.isError && (
          <ErrorState compact title={t("settings.recording.failed")} error={recording.error} onRetry={() => void recording.refetch()} />
        )}
        {recording.data && <Kept view={recording.data} most={typeof most === "number" ? most : 0} />}
      </Card>
    </>
  );
}

function Kept({ view, most }: { view: View; most: number }) {
  const { t } = useTranslation();
  const { usage } = view;
  return (
    <div className="flex flex-col gap-4">
      {view.failed && <Notice tone="bad" title={t("settings.recording.unavailable")}>{view.failed}</Notice>}
      {usage?.trouble && <Notice tone="warn" title={t(`settings.recording.trouble.${usage.trouble.kind}`)}>{usage.trouble.detail}</Notice>}
      {usage && <Meter usage={usage} most={most} deriving={view.deriving} />}
      <Private view={view} />
      <Forget disabled={!usage} />
    </div>
  );
}

interface MeterProps {
  usage: Schemas["RecordingUsage"];
  /** Most bytes; 0 for any number. */
  most: number;
  deriving?: View["deriving"];
}

function Meter({ usage, most, deriving }: MeterProps) {
  const { t } = useTranslation();
  const bytes = usage.stored_bytes + usage.media_bytes;
  const text = most > 0 ? t("settings.storage.ofLimit", { bytes: formatBytes(bytes), limit: formatBytes(most) }) : formatBytes(bytes);
  const facts: [string, React.ReactNode][] = [
    [t("settings.recording.exchanges"), formatNumber(usage.exchanges)],
    [t("settings.recording.media"), formatBytes(usage.media_bytes)],
    [t("settings.recording.oldest"), usage.oldest_ms ? formatMoment(usage.oldest_ms) : t("settings.value.none")],
    [t("settings.recording.read"), deriving ? t("settings.recording.readOf", { done: formatNumber(deriving.done), total: formatNumber(deriving.total) }) : t("settings.value.none")],
    [t("settings.recording.waiting"), formatNumber(usage.waiting)],
    [t("settings.recording.lost"), formatNumber(usage.lost)],
  ];
  return (
    <div className="flex flex-col gap-3">
      <div className="flex max-w-[24rem] flex-col gap-1.5">
        <span className="tabular text-sm">{text}</span>
        {most > 0 && <ProgressBar label={t("settings.recording.title")} value={bytes} max={most} text={text} tone="neutral" />}
      </div>
      <Facts facts={facts} />
    </div>
  );
}

function Private({ view }: { view: View }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { busy, trouble, run } = useAction();
  const turn = () =>
    run(async () => {
      const next = await answer(client.PUT("/api/recording", { body: { private: !view.private } }));
      queries.setQueryData(read.recording().queryKey, next);
    });
  return (
    <Notice
      tone={view.private ? "info" : "neutral"}
      title={t(view.private ? "settings.recording.isPrivate" : "settings.recording.private")}
      actions={
        <Button size="sm" busy={busy} onClick={() => void turn()}>
          <EyeOff aria-hidden />
          {t(view.private ? "app.banner.endPrivate" : "settings.recording.beginPrivate")}
        </Button>
      }
    >
      {t("settings.recording.privateText")}
      {trouble != null && <ErrorState compact title={t("settings.recording.turnFailed")} error={trouble} />}
    </Notice>
  );
}

function Forget({ disabled }: { disabled: boolean }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const forget = async () => {
    queries.setQueryData(read.recording().queryKey, await answer(client.DELETE("/api/recording")));
    await queries.invalidateQueries({ queryKey: ["conversations"] });
    notify.done(t("settings.recording.forgotten"));
  };
  return (
    <div>
      <Button look="danger" disabledReason={disabled ? t("settings.recording.unavailable") : null} onClick={() => setAsking(true)}>
        <Trash2 aria-hidden />
        {t("settings.recording.forget")}
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t("settings.recording.forgetTitle")}
        text={t("settings.recording.forgetText")}
        action={t("settings.recording.forget")}
        onConfirm={forget}
      />
    </div>
  );
}
