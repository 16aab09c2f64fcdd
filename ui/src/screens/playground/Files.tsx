import { FileText, X } from "lucide-react";
import { useTranslation } from "react-i18next";

import { formatBytes } from "../../lib/format";
import type { Attachment } from "./attachments";

interface Props {
  files: readonly Attachment[];
  /** Takes one out; without it they only are shown. */
  onRemove?: (id: string) => void;
}

/** Files of a message: images as such, texts by their name. */
export function Files({ files, onRemove }: Props) {
  const { t } = useTranslation();
  if (files.length === 0) return null;
  return (
    <ul className="mt-2 flex flex-wrap gap-2">
      {files.map((file) => (
        <li key={file.id} className="flex max-w-full items-center gap-2 rounded-md border border-line bg-card py-1 pr-1 pl-2 text-sm">
          {file.kind === "text" ? (
            <FileText className="size-4 shrink-0 text-muted" aria-hidden />
          ) : (
            <img src={file.data} alt={file.name} className={onRemove ? "size-8 rounded object-cover" : "max-h-80 max-w-full rounded"} />
          )}
          {(file.kind !== "made" || onRemove) && (
            <span className="min-w-0 truncate pr-1">
              {file.name} <span className="text-muted">{formatBytes(file.bytes)}</span>
            </span>
          )}
          {onRemove && (
            <button
              type="button"
              onClick={() => onRemove(file.id)}
              aria-label={t("playground.files.remove", { name: file.name })}
              className="grid size-6 shrink-0 place-items-center rounded text-muted hover:bg-hover hover:text-ink"
            >
              <X className="size-3.5" aria-hidden />
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
