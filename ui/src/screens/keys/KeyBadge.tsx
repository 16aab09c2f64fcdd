import { Ban, CircleCheck, CircleOff, type LucideIcon } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Badge, type Tone } from "../../parts/Badge";
import { type Key, type Standing, standingOf } from "./rules";

const looks: Record<Standing, { tone: Tone; icon: LucideIcon }> = {
  valid: { tone: "good", icon: CircleCheck },
  disabled: { tone: "neutral", icon: CircleOff },
  expired: { tone: "warn", icon: Ban },
};

/** Whether a key opens the door, as colour, icon and word. */
export function KeyBadge({ of }: { of: Key }) {
  const { t } = useTranslation();
  const standing = standingOf(of);
  return (
    <Badge tone={looks[standing].tone} icon={looks[standing].icon}>
      {t(`keys.standing.${standing}`)}
    </Badge>
  );
}
