import { Download, FolderOpen, PackageCheck, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { troubleOf, unanswered } from "../../api/trouble";
import type { Schemas } from "../../api/types";
import { host } from "../../host";
import { formatBytes } from "../../lib/format";
import { useAction } from "../../lib/hooks";
import { saveFile } from "../../lib/save";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import { CopyButton } from "../../parts/CopyButton";
import { ErrorState } from "../../parts/ErrorState";
import { Notice } from "../../parts/Notice";
import { notify } from "../../parts/toast";
import type { Setting } from "./model";
import { reveal } from "./reveal";
import { SettingsCard } from "./SettingsCard";
import { entryText } from "./words";

/** A file to send along with a report: what is in it, and what never is. */
export function Bundle({ settings }: { settings: readonly Setting[] }) {
  const { t } = useTranslation();
  const [made, setMade] = useState<Schemas["Bundle"] | null>(null);
  const { busy, trouble, run } = useAction();
  const make = () => run(async () => setMade(await answer(client.POST("/api/diagnostics"))));
  return (
    <>
      <Card title={t("settings.bundle.title")}>
        <p className="max-w-[42rem] text-muted">{t("settings.bundle.text")}</p>
        <p className="mt-3 flex max-w-[42rem] gap-2 rounded-md bg-good-soft px-3 py-2.5">
          <ShieldCheck className="mt-0.5 size-4 shrink-0 text-good" aria-hidden />
          {t("settings.bundle.redacted")}
        </p>
        <div className="mt-3">
          <Button look={made ? "secondary" : "primary"} busy={busy} onClick={() => void make()}>
            {!busy && <PackageCheck aria-hidden />}
            {t(made ? "settings.bundle.again" : "settings.bundle.make")}
          </Button>
        </div>
        {trouble != null && (
          <div className="mt-3">
            <ErrorState compact title={t("settings.bundle.failed")} error={trouble} />
          </div>
        )}
        {made && <Made bundle={made} />}
      </Card>
      <SettingsCard section="diagnostics" title={t("settings.bundle.snapshots")} settings={settings} />
    </>
  );
}

function Made({ bundle }: { bundle: Schemas["Bundle"] }) {
  const { t } = useTranslation();
  const { name, path, bytes, entries } = bundle;
  const save = () => download(name).catch((error: unknown) => notify.problem(t("settings.bundle.downloadFailed"), error));
  return (
    <div role="status" className="mt-4 flex flex-col gap-3">
      <Notice
        tone="good"
        title={t("settings.bundle.made", { name, size: formatBytes(bytes) })}
        actions={
          <>
            {host.kind === "browser" && (
              <Button size="sm" onClick={() => void save()}>
                <Download aria-hidden />
                {t("settings.bundle.download")}
              </Button>
            )}
            {reveal && (
              <Button size="sm" onClick={() => void reveal?.(path)}>
                <FolderOpen aria-hidden />
                {t("settings.reveal")}
              </Button>
            )}
          </>
        }
      >
        <span className="flex items-center gap-1">
          <code className="min-w-0 text-sm break-all select-text">{path}</code>
          <CopyButton text={path} what={t("settings.bundle.path")} />
        </span>
      </Notice>
      <h3 className="text-sm font-medium">{t("settings.bundle.holds")}</h3>
      <ul className="divide-y divide-line border-y border-line">
        {entries.map((entry) => (
          <li key={entry} className="grid gap-x-6 py-2 sm:grid-cols-[10rem_minmax(0,1fr)]">
            <code className="text-sm">{entry}</code>
            <span className="text-sm text-muted">{entryText(entry)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Saves a bundle where the browser saves files. */
async function download(name: string): Promise<void> {
  let response: Response;
  try {
    response = await host.fetch(`/api/diagnostics/${encodeURIComponent(name)}`);
  } catch (error) {
    throw unanswered(error);
  }
  if (!response.ok) throw troubleOf(response.status, await response.json().catch(() => null));
  saveFile(await response.blob(), name);
}
