import { useId, useState } from "react";
import { useTranslation } from "react-i18next";

import type { EnrolmentView } from "../../../api/types";
import { Badge, type Tone } from "../../../parts/Badge";
import { Button } from "../../../parts/Button";
import { Deeds } from "./Deeds";
import type { Done, Wish } from "./Enrolling";
import { PhaseNote } from "./PhaseNote";
import { StepList } from "./StepList";

const tones: Record<EnrolmentView["phase"], Tone> = {
  working: "info",
  awaiting_person: "warn",
  stuck: "bad",
  duplicate: "warn",
  interrupted: "warn",
  done: "good",
  cancelled: "neutral",
};

interface Props {
  of: EnrolmentView;
  onWish: (wish: Wish) => void;
  done: Done;
}

/** One of several enrolments: what it is at, and all of its steps for who wants to see them. */
export function EnrolmentCard({ of, onWish, done }: Props) {
  const { t } = useTranslation();
  const [whole, setWhole] = useState(false);
  const heading = useId();
  const finished = of.steps.filter(({ state }) => state === "done").length;
  return (
    <li aria-labelledby={heading} className="rounded-lg border border-line p-3">
      <header className="flex items-center gap-2">
        <h3 id={heading} className="min-w-0 flex-1">
          <span className="block truncate font-medium">{of.file ?? of.name}</span>
          <span className="block truncate text-sm text-muted">
            {[t(`accounts.enrol.kind.${of.kind}`), of.file && of.name, of.email].filter(Boolean).join(" · ")}
          </span>
        </h3>
        <span className="tabular text-sm text-muted">{t("accounts.enrol.progress", { done: finished, all: of.steps.length })}</span>
        <Badge tone={tones[of.phase]}>{t(`accounts.enrol.phase.${of.phase}`)}</Badge>
      </header>
      <div className="mt-1 flex flex-col gap-2">
        {of.phase !== "done" && of.phase !== "cancelled" && <PhaseNote of={of} />}
        <StepList of={of} brief={!whole} />
      </div>
      <footer className="mt-2 flex flex-wrap items-center justify-end gap-2">
        <Button size="sm" look="ghost" aria-expanded={whole} aria-describedby={heading} onClick={() => setWhole(!whole)} className="mr-auto -ml-2 text-muted">
          {t(whole ? "accounts.enrol.fewer" : "accounts.enrol.more")}
        </Button>
        <Deeds among of={of} onWish={onWish} done={done} />
      </footer>
    </li>
  );
}
