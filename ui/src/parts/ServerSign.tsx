import { CircleAlert, CircleCheck, CircleStop, LoaderCircle, type LucideIcon } from "lucide-react";

import type { ServerStatus } from "../api/types";
import { cn } from "../lib/cn";
import { type Tone, toneText } from "./Badge";

const looks: Record<ServerStatus["state"], { tone: Tone; icon: LucideIcon; turning?: boolean }> = {
  running: { tone: "good", icon: CircleCheck },
  starting: { tone: "info", icon: LoaderCircle, turning: true },
  stopping: { tone: "info", icon: LoaderCircle, turning: true },
  stopped: { tone: "neutral", icon: CircleStop },
  failed: { tone: "bad", icon: CircleAlert },
};

/** The server's state as a sign: a shape of its own for each, not colour alone. The word stands beside it. */
export function ServerSign({ state, className }: { state: ServerStatus["state"] | undefined; className?: string }) {
  const { tone, icon: Icon, turning } = looks[state ?? "starting"];
  return <Icon aria-hidden className={cn("size-4.5 shrink-0", toneText[tone], turning && "animate-spin", className)} />;
}
