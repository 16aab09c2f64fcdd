import i18next from "i18next";

import type { Schemas } from "../../../api/types";

/** A control of AI Studio's page. */
export type Control = Schemas["Control"];
/** What a look at the page found. */
export type Report = Schemas["PageReport"];

/** Whether these are the same selectors, and their file stands as it did. */
export const samePack = (one: Schemas["PackStatus"], other: Schemas["PackStatus"]): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** A control's name; that of the server for what this page has no words for yet. */
export function controlName({ purpose, name }: Control): string {
  const key = `page.control.${purpose}`;
  return i18next.exists(key) ? String(i18next.t(key as never)) : name;
}

/** Whether a control is worth a look: it is missing, or its first selector finds nothing. */
export const isNotable = ({ sight }: Control): boolean =>
  sight.state === "missing" || (sight.state === "found" && sight.rank > 0);

/** The controls of a report, group by group, in their order. */
export function grouped(controls: readonly Control[]): [Control["group"], Control[]][] {
  const groups = new Map<Control["group"], Control[]>();
  for (const control of controls) groups.set(control.group, [...(groups.get(control.group) ?? []), control]);
  return [...groups];
}
