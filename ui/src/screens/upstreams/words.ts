import type { Schemas } from "../../api/types";

/** A provider that is asked with keys. */
export type Upstream = Schemas["UpstreamView"];
/** One of its keys. */
export type UpstreamKey = Schemas["UpstreamKeyView"];
/** What is known of a provider that many use. */
export type Template = Schemas["UpstreamTemplate"];

/** A name for one more of these: the template's, with a number where that is taken. */
export function freeName(wanted: string, taken: readonly string[]): string {
  if (!taken.includes(wanted)) return wanted;
  for (let number = 2; ; number += 1) {
    if (!taken.includes(`${wanted}-${number}`)) return `${wanted}-${number}`;
  }
}

/** What stands in a template's address for what only its owner knows. */
export const UNKNOWN_PART = "RESOURCE";

/** Whether the address still has a part that its owner has to fill in. */
export const isUnfinished = (address: string): boolean => address.includes(UNKNOWN_PART);

/** How many of its keys can take a request now. */
export const readyKeys = (upstream: Upstream): number =>
  upstream.keys.filter((key) => key.enabled && ["ready", "busy", "not_checked"].includes(key.status.state)).length;
