import { Hand, LoaderCircle } from "lucide-react";
import { useTranslation } from "react-i18next";

import { cn } from "../../../lib/cn";
import { toneStyle } from "../../../parts/Badge";
import { Button } from "../../../parts/Button";
import { isUnderWay, waitsForPerson } from "../standing";
import { useEnrolments } from "./useEnrolments";

/** Where enrolments are found again whose dialog was closed, or that a start of Postern found left over. */
export function UnderWay({ onShow, className }: { onShow: (ids: string[]) => void; className?: string }) {
  const { t } = useTranslation();
  const all = useEnrolments().filter(isUnderWay);
  if (all.length === 0) return null;
  const interrupted = all.filter(({ phase }) => phase === "interrupted").length;
  const waiting = all.filter(waitsForPerson).length;
  const [word, count] =
    interrupted === all.length ? (["interrupted", interrupted] as const) : waiting > 0 ? (["waiting", waiting] as const) : (["working", all.length] as const);
  return (
    <section
      aria-label={t("accounts.underWay.title")}
      className={cn("mx-6 mb-3 flex shrink-0 flex-wrap items-center gap-x-3 gap-y-2 rounded-md px-3 py-2 forced-colors:border", toneStyle[waiting > 0 ? "warn" : "info"], className)}
    >
      {waiting > 0 ? <Hand className="size-4 shrink-0" aria-hidden /> : <LoaderCircle className="size-4 shrink-0 animate-spin" aria-hidden />}
      <p role="status" className="min-w-0 flex-1 text-ink">
        <span className="font-medium">{t(`accounts.underWay.${word}`, { count })}</span>
        <span className="ml-2 text-muted">{all.slice(0, 3).map(({ file, name }) => file ?? name).join(", ")}{all.length > 3 && "…"}</span>
      </p>
      <Button size="sm" onClick={() => onShow(all.map(({ id }) => id))} className="text-ink">
        {t("accounts.underWay.show")}
      </Button>
    </section>
  );
}
