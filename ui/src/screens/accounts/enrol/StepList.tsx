import { Circle, CircleCheck, CircleX, LoaderCircle, type LucideIcon, UserRound } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { EnrolmentView, StepView } from "../../../api/types";
import { cn } from "../../../lib/cn";
import { Problem } from "./Problem";

type Mark = StepView["state"] | "person";

const marks: Record<Mark, { icon: LucideIcon; tone: string }> = {
  waiting: { icon: Circle, tone: "text-muted/60" },
  running: { icon: LoaderCircle, tone: "animate-spin text-accent" },
  person: { icon: UserRound, tone: "text-info" },
  done: { icon: CircleCheck, tone: "text-good" },
  failed: { icon: CircleX, tone: "text-bad" },
};

/** How a step is shown: the person's own step does not turn like Postern's. */
const markOf = (of: EnrolmentView, { step, state }: StepView): Mark =>
  state === "running" && step === "sign_in" && of.phase === "awaiting_person" ? "person" : state;

interface Props {
  of: EnrolmentView;
  /** Only what is being done or went wrong. */
  brief?: boolean;
}

/** The steps of an enrolment, each with how far it is and what came out. */
export function StepList({ of, brief }: Props) {
  const { t } = useTranslation();
  const shown = brief ? of.steps.filter(({ state }) => state === "running" || state === "failed") : of.steps;
  if (shown.length === 0) return null;
  return (
    <ol aria-label={t("accounts.enrol.steps")} className="flex flex-col">
      {shown.map((view) => (
        <Step key={view.step} of={of} view={view} />
      ))}
    </ol>
  );
}

function Step({ of, view }: { of: EnrolmentView; view: StepView }) {
  const { t } = useTranslation();
  const mark = markOf(of, view);
  const { icon: Icon, tone } = marks[mark];
  const told = view.state === "done" ? view.note : null;
  // Of the models only their number is told.
  const note = view.step === "models" && told && /^\d+$/.test(told) ? t("accounts.enrol.models", { count: Number(told) }) : told;
  return (
    <li {...(view.state === "running" && { "aria-current": "step" as const })} className="flex gap-3 py-1.5">
      <Icon className={cn("mt-0.5 size-4.5 shrink-0", tone)} aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className={cn(mark === "waiting" ? "text-muted" : mark !== "done" && "font-medium")}>{t(`accounts.enrol.step.${view.step}`)}</span>
          <span className="sr-only">{t(`accounts.enrol.state.${mark}`)}</span>
          {mark === "person" && <span className="text-sm text-info">{t("accounts.enrol.state.person")}</span>}
          {note && <span className="min-w-0 text-sm break-words text-muted select-text">{note}</span>}
        </p>
        {view.state === "failed" && <Problem of={view.problem} />}
      </div>
    </li>
  );
}
