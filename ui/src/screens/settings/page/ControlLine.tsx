import { CircleCheck, CircleMinus, CircleX, type LucideIcon, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";

import { cn } from "../../../lib/cn";
import { Badge, type Tone, toneText } from "../../../parts/Badge";
import { type Control, controlName } from "./words";

function look({ sight, need }: Control): { tone: Tone; icon: LucideIcon } {
  switch (sight.state) {
    case "found":
      return { tone: "good", icon: CircleCheck };
    case "missing":
      return need === "required" ? { tone: "bad", icon: CircleX } : { tone: "warn", icon: TriangleAlert };
    case "not_looked_for":
      return { tone: "neutral", icon: CircleMinus };
  }
}

const says = { found: "page.found", missing: "page.missing", not_looked_for: "page.absent" } as const;

/** One control: whether it is there, by which selector, and what is lost if not. */
export function ControlLine({ control }: { control: Control }) {
  const { t } = useTranslation();
  const { tone, icon: Icon } = look(control);
  const { sight, need, purpose } = control;
  return (
    <li className="flex gap-3 py-2">
      <Icon role="img" aria-label={t(says[sight.state])} className={cn("mt-0.5 size-4 shrink-0", toneText[tone])} />
      <div className="grid min-w-0 flex-1 gap-x-6 gap-y-1 md:grid-cols-[15rem_minmax(0,1fr)]">
        <div className="flex min-w-0 flex-col items-start gap-0.5">
          <span className="font-medium">{controlName(control)}</span>
          <span className="flex flex-wrap items-center gap-x-2 text-xs text-muted">
            <code className="select-text">{purpose}</code>
            <span>{t(need === "required" ? "page.required" : "page.optional")}</span>
          </span>
        </div>
        <div className="min-w-0 text-sm">
          <Sight control={control} />
        </div>
      </div>
    </li>
  );
}

function Sight({ control }: { control: Control }) {
  const { t } = useTranslation();
  const { sight } = control;
  switch (sight.state) {
    case "found":
      return (
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <code className="min-w-0 break-all select-text">{sight.selector}</code>
          {sight.rank > 0 && <Badge tone="info">{t("page.fallback", { number: sight.rank })}</Badge>}
        </p>
      );
    case "not_looked_for":
      return <p className="text-muted">{t(`page.why.${sight.why}`)}</p>;
    case "missing":
      return (
        <>
          <p>{t(`page.loss.${control.loss}`)}</p>
          <details className="mt-0.5">
            <summary className="min-h-6 text-muted">{t("page.tried")}</summary>
            <ul className="mt-1 flex flex-col gap-0.5">
              {sight.tried.map((selector) => (
                <li key={selector}>
                  <code className="break-all select-text">{selector}</code>
                </li>
              ))}
            </ul>
          </details>
        </>
      );
  }
}
