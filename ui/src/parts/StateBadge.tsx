import {
  Ban,
  Circle,
  CircleCheck,
  CircleHelp,
  CirclePlay,
  Hourglass,
  type LucideIcon,
  MonitorX,
  ShieldQuestion,
  TriangleAlert,
} from "lucide-react";
import { useTranslation } from "react-i18next";

import type { AccountState } from "../api/types";
import { formatUntil } from "../lib/format";
import { Badge, type Tone } from "./Badge";
import { Tooltip } from "./Tooltip";

const looks: Record<AccountState["state"], { tone: Tone; icon: LucideIcon }> = {
  ready: { tone: "good", icon: CircleCheck },
  busy: { tone: "info", icon: CirclePlay },
  cooling_down: { tone: "warn", icon: Hourglass },
  sign_in_expired: { tone: "warn", icon: TriangleAlert },
  needs_verification: { tone: "warn", icon: ShieldQuestion },
  blocked: { tone: "bad", icon: Ban },
  browser_missing: { tone: "bad", icon: MonitorX },
  off: { tone: "neutral", icon: Circle },
  not_checked: { tone: "neutral", icon: CircleHelp },
};

/** The state of an account, or of a provider's key, in the words that are used everywhere. Says why on hover where there is a why. */
export function StateBadge({ state, of = "account" }: { state: AccountState; of?: "account" | "key" }) {
  const { t } = useTranslation();
  const { tone, icon } = looks[state.state];
  const time = state.state === "cooling_down" ? formatUntil(state.until * 1000) : "";
  const badge = (
    <Badge tone={tone} icon={icon}>
      {t(`common.${of}.${state.state}`, { time })}
    </Badge>
  );
  const why = "why" in state ? state.why : "model" in state ? state.model : null;
  return why ? <Tooltip text={why}><span>{badge}</span></Tooltip> : badge;
}
