import { Link } from "@tanstack/react-router";
import { FileKey, FlaskConical, type LucideIcon, UserRound } from "lucide-react";
import { useTranslation } from "react-i18next";

const look =
  "flex h-full w-full flex-col items-start gap-2 rounded-lg border border-line bg-card p-4 text-left shadow-card transition-colors duration-100 hover:border-accent hover:bg-accent-soft/40";

/** What somebody brings along decides what comes next. */
export function HaveStep({ onGoogle, onEcho }: { onGoogle: () => void; onEcho: () => void }) {
  const { t } = useTranslation();
  return (
    <section aria-label={t("welcome.step.have")} className="grid gap-3 sm:grid-cols-3">
      <button type="button" onClick={onGoogle} className={look}>
        <Inner name="google" icon={UserRound} />
      </button>
      <Link to="/keys" className={look}>
        <Inner name="keys" icon={FileKey} />
      </Link>
      <button type="button" onClick={onEcho} className={look}>
        <Inner name="echo" icon={FlaskConical} />
      </button>
    </section>
  );
}

function Inner({ name, icon: Icon }: { name: "google" | "keys" | "echo"; icon: LucideIcon }) {
  const { t } = useTranslation();
  return (
    <>
      <span className="grid size-9 place-items-center rounded-lg bg-accent-soft text-accent">
        <Icon className="size-4.5" aria-hidden />
      </span>
      <span className="font-medium">{t(`welcome.have.${name}.title`)}</span>
      <span className="text-sm text-muted">{t(`welcome.have.${name}.text`)}</span>
    </>
  );
}
