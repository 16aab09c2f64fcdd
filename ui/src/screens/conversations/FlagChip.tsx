import { useTranslation } from "react-i18next";

import { cn } from "../../lib/cn";
import { type Tone, toneStyle } from "../../parts/Badge";
import { Tooltip } from "../../parts/Tooltip";
import type { FlagName } from "./filter";

/** How much each matters at a glance. */
const tones: Partial<Record<FlagName, Tone>> = {
  secret: "bad",
  error: "bad",
  blocked: "bad",
  truncated: "warn",
  refusal: "warn",
  personal: "warn",
  loop: "warn",
  bad_arguments: "warn",
  tool_error: "warn",
  bad_json: "warn",
  unreadable: "warn",
  aborted: "warn",
  empty: "warn",
  grown: "info",
};

/** Something that stands out, with what it means. */
export function FlagChip({ flag, small }: { flag: FlagName; small?: boolean }) {
  const { t } = useTranslation();
  const chip = (
    <span className={cn("truncate rounded px-1.5 text-xs font-medium whitespace-nowrap forced-colors:border", small ? "shrink-0 leading-4.5" : "leading-5.5", toneStyle[tones[flag] ?? "neutral"])}>
      {t(`conversations.flag.${flag}`)}
    </span>
  );
  return small ? chip : <Tooltip text={t(`conversations.flagMeans.${flag}`)}>{chip}</Tooltip>;
}
