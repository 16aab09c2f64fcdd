import { useTranslation } from "react-i18next";

import type { AccountView } from "../../../api/types";
import { formatUntil } from "../../../lib/format";
import { Notice } from "../../../parts/Notice";
import { NextButton } from "../NextButton";
import { heapOf } from "../standing";
import type { Checks } from "../useChecks";

/** What the state means, and the one thing to do about it; nothing while all is well. */
export function StandingNote({ of, checks }: { of: AccountView; checks: Checks }) {
  const { t } = useTranslation();
  const { status } = of;
  if (status.state === "ready" || status.state === "busy") return null;
  const time = status.state === "cooling_down" ? formatUntil(status.until * 1000) : "";
  const why = "why" in status ? status.why : null;
  const quiet = heapOf(of) === "off" || heapOf(of) === "unchecked";
  return (
    <Notice tone={quiet ? "neutral" : "warn"} actions={<NextButton of={of} checks={checks} />}>
      <p>{t(`accounts.means.${status.state}`, { time })}</p>
      {why && <p className="mt-1 text-sm text-muted select-text">{why}</p>}
    </Notice>
  );
}
