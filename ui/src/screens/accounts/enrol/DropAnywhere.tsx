import { FileDown } from "lucide-react";
import { useTranslation } from "react-i18next";

import { useFileDrop } from "./useFileDrop";

/** Takes files that are dropped anywhere on the page, and says so while they hang above it. */
export function DropAnywhere({ onFiles }: { onFiles: (files: File[]) => void }) {
  const { t } = useTranslation();
  const above = useFileDrop(onFiles);
  if (!above) return null;
  return (
    <div className="pointer-events-none fixed inset-3 z-50 grid place-items-center rounded-xl border-2 border-dashed border-accent bg-veil">
      <p className="flex items-center gap-2 rounded-lg bg-raised px-4 py-3 font-medium shadow-raised">
        <FileDown className="size-5 text-accent" aria-hidden />
        {t("accounts.import.drop")}
      </p>
    </div>
  );
}
