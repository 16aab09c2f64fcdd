import { useQuery } from "@tanstack/react-query";
import { Download, ExternalLink, FileQuestion } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { host } from "../../../host";
import { formatBytes } from "../../../lib/format";
import { saveFile } from "../../../lib/save";
import { Button } from "../../../parts/Button";
import { ErrorState } from "../../../parts/ErrorState";
import { Skeleton } from "../../../parts/Skeleton";
import { readings } from "../queries";
import type { Source } from "../types";

type Kind = "image" | "audio" | "video" | "file";

/** A picture, recording or file. What is elsewhere is never fetched by itself: that would tell who reads. */
export function Media({ kind, source, name }: { kind: Kind; source: Source; name?: string | null | undefined }) {
  const { t } = useTranslation();
  if ("media" in source) return <Kept kind={kind} media={source.media} name={name ?? t(`conversations.media.${kind}`)} />;
  const [where, text] = "url" in source ? (["url", source.url] as const) : (["fileId", source.file_id] as const);
  return (
    <div className="flex min-h-9 items-center gap-2 rounded-md border border-line bg-sunken px-2.5 py-1.5 text-sm">
      <FileQuestion className="size-4 shrink-0 text-muted" aria-hidden />
      <span className="min-w-0 flex-1 truncate select-text" title={text}>
        {t(`conversations.media.${where}`, { kind: t(`conversations.media.${kind}`), text })}
      </span>
      {where === "url" && /^https?:/i.test(text) && (
        <Button size="sm" look="ghost" onClick={() => void host.openExternal(text)}>
          <ExternalLink aria-hidden />
          {t("conversations.media.open")}
        </Button>
      )}
    </div>
  );
}

function Kept({ kind, media, name }: { kind: Kind; media: { sha256: string; mime: string; bytes: number }; name: string }) {
  const { t } = useTranslation();
  const shown = kind !== "file";
  const { data, error, refetch } = useQuery({ ...readings.media(media.sha256, media.mime), enabled: shown });
  const url = useObjectUrl(data);
  const save = async () => saveFile(data ?? ((await refetch()).data as Blob), name);
  if (error) return <ErrorState compact title={t("conversations.failed.media")} error={error} onRetry={() => void refetch()} />;
  const facts = [media.mime, formatBytes(media.bytes)].filter(Boolean).join(" · ");
  return (
    <figure className="flex min-w-0 flex-col items-start gap-1">
      {shown && !url && <Skeleton className="h-24 w-48" />}
      {kind === "image" && url && <img src={url} alt={name} className="max-h-96 max-w-full rounded-md border border-line object-contain" />}
      {kind === "audio" && url && <audio controls src={url} aria-label={name} className="h-10 w-full max-w-md" />}
      {kind === "video" && url && <video controls src={url} aria-label={name} className="max-h-96 max-w-full rounded-md border border-line" />}
      <figcaption className="flex items-center gap-2 text-xs text-muted">
        <span className="min-w-0 truncate">{kind === "file" ? `${name} · ${facts}` : facts}</span>
        <Button size="sm" look="ghost" onClick={() => void save()}>
          <Download aria-hidden />
          {t("conversations.media.save")}
        </Button>
      </figcaption>
    </figure>
  );
}

function useObjectUrl(blob: Blob | undefined): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!blob) return;
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url;
}
