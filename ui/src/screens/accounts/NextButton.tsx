import { Link } from "@tanstack/react-router";
import { CirclePlay, Eye, EyeOff, LogIn, MonitorCog, RotateCcw, Stethoscope } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { AccountView } from "../../api/types";
import type { PageSearch } from "../../app/search";
import { useAction } from "../../lib/hooks";
import { Button } from "../../parts/Button";
import { useAccountActions } from "./actions";
import { type Next, nextOf, signInOf } from "./standing";
import type { Checks } from "./useChecks";
import { useEnrolments } from "./enrol/useEnrolments";

interface Props {
  of: AccountView;
  checks: Checks;
  /** Where several accounts have one: says to a screen reader whose it is. */
  named?: boolean;
}

/** The one thing to do about an account, as a button that does it; nothing when nothing is needed. */
export function NextButton({ of, checks, named }: Props) {
  const { t } = useTranslation();
  const enrolments = useEnrolments();
  const next = nextOf(of, enrolments);
  if (next === null) return null;
  const label = t(`accounts.next.${next}`);
  const naming = named ? { "aria-label": t("accounts.next.named", { action: label, name: of.name }) } : {};
  if (next === "signIn" || next === "goOn") {
    const enrolment = signInOf(of, enrolments);
    return (
      <Button asChild size="sm">
        <Link to="/accounts" search={(now: PageSearch["accounts"]) => ({ ...now, ...(enrolment ? { enrolment: enrolment.id } : { again: of.name }) })} {...naming}>
          <LogIn aria-hidden />
          {label}
        </Link>
      </Button>
    );
  }
  if (next === "browser") {
    return (
      <Button asChild size="sm">
        <Link to="/settings/$section" params={{ section: "browser" }} {...naming}>
          <MonitorCog aria-hidden />
          {label}
        </Link>
      </Button>
    );
  }
  return <ActButton of={of} checks={checks} next={next} label={label} naming={naming} />;
}

const icons = { show: Eye, hide: EyeOff, reset: RotateCcw, turnOn: CirclePlay, check: Stethoscope } as const;

interface ActProps {
  of: AccountView;
  checks: Checks;
  next: Exclude<Next, "signIn" | "goOn" | "browser">;
  label: string;
  naming: { "aria-label"?: string };
}

function ActButton({ of, checks, next, label, naming }: ActProps) {
  const actions = useAccountActions();
  const { busy, run } = useAction();
  const Icon = icons[next];
  const act = () => {
    if (next === "turnOn") return actions.turn(of, true);
    if (next === "reset") return actions.reset(of);
    if (next === "check") return checks.one(of);
    return actions.show(of, next === "show");
  };
  return (
    <Button size="sm" busy={busy || (next === "check" && checks.running.has(of.name))} onClick={() => void run(act)} {...naming}>
      <Icon aria-hidden />
      {label}
    </Button>
  );
}
