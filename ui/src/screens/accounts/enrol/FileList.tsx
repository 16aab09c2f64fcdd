import { Archive, Cookie, X } from "lucide-react";
import { useTranslation } from "react-i18next";

import { formatBytes } from "../../../lib/format";
import { IconButton } from "../../../parts/IconButton";
import type { Chosen } from "./files";

const icons = { archive: Archive, cookies: Cookie } as const;

/** The files that were chosen, and what speaks against some of them. */
export function FileList({ chosen, onRemove }: { chosen: readonly Chosen[]; onRemove: (file: File) => void }) {
  const { t } = useTranslation();
  if (chosen.length === 0) return null;
  return (
    <ul aria-label={t("accounts.import.files")} className="max-h-56 divide-y divide-line overflow-auto rounded-md border border-line">
      {chosen.map(({ file, kind, problem }, index) => {
        const Icon = icons[kind];
        return (
          <li key={`${index} ${file.name}`} className="flex min-h-10 items-center gap-3 py-1 pr-1.5 pl-3">
            <Icon className="size-4 shrink-0 text-muted" aria-hidden />
            <span className="min-w-0 flex-1">
              <span className="block truncate">{file.name}</span>
              {problem && <span className="block text-sm text-bad">{t(`accounts.import.problem.${problem}`)}</span>}
            </span>
            <span className="text-sm text-muted">{t(`accounts.import.kind.${kind}`)}</span>
            <span className="tabular w-16 text-right text-sm text-muted">{formatBytes(file.size)}</span>
            <IconButton icon={X} label={t("accounts.import.remove", { name: file.name })} onClick={() => onRemove(file)} />
          </li>
        );
      })}
    </ul>
  );
}
