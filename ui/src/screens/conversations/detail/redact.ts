import { useQuery } from "@tanstack/react-query";
import { createContext, useState } from "react";

import { remembered } from "../export/spec";
import { readings } from "../queries";
import type { Finding, RedactionAction, ThreadDetail } from "../types";

/** Everything that an export can make of secrets and personal data. */
export const redactionActions = ["placeholder", "mask", "hash", "drop"] as const satisfies readonly RedactionAction[];

/** Whether texts are shown as they would be exported, without secrets. */
export const RedactContext = createContext(false);

/** What the open conversation would be without its secrets. */
export interface Redacting {
  on: boolean;
  turn: (on: boolean) => void;
  action: RedactionAction;
  choose: (action: RedactionAction) => void;
  /** What was found, and what would stand there. */
  findings: readonly Finding[];
  /** Why it cannot be shown. */
  error: unknown;
}

/** Shows it as the last export had it, until something else is chosen. */
export function useRedacting({ row, findings }: ThreadDetail): Redacting {
  const [on, turn] = useState(false);
  const [action, choose] = useState<RedactionAction>(() => remembered().redaction?.action ?? "placeholder");
  const { data, error } = useQuery({ ...readings.redaction(row.id, action), enabled: on });
  return { on, turn, action, choose, findings: (on && data?.findings) || findings, error: on ? error : null };
}
