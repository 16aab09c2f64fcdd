import { screen } from "@testing-library/react";

import type { Schemas } from "../../api/types";
import { type Answers, openConsole } from "../../testing/console";
import type { Setting } from "./model";

/** A setting for tests. */
export const setting = (key: string, kind: Setting["kind"], value: unknown, more: Partial<Setting> = {}): Setting => ({
  key,
  kind,
  value,
  default: value,
  source: "default",
  applies: "at_once",
  ...more,
});
/** The port, as a setting. */
export const port = setting("server.port", { type: "integer", min: 0, max: 65_535, unit: "port" }, 2048, { applies: "rebind" });

/** A change as the page asks for it. */
export type Change = Schemas["SettingsChange"];

/** A console that keeps settings as the real one does. */
export function keeping(given: readonly Setting[]): Answers {
  let settings = [...given];
  const view = () => ({ file: "/data/config.toml", settings });
  return {
    "GET /api/settings": view,
    "PATCH /api/settings": (body) => {
      for (const { key, value } of (body as Change).changes) {
        settings = settings.map((old) =>
          old.key !== key ? old : value === null ? { ...old, value: old.default, source: "default" } : { ...old, value, source: "file" },
        );
      }
      return view();
    },
  };
}

/** Opens a section over a console that keeps these settings. */
export const open = (section: string, settings: readonly Setting[], more: Answers = {}) =>
  openConsole(`/settings/${section}`, { ...keeping(settings), ...more });
/** The setting with this name on the page. */
export const row = (name: string) => screen.findByRole("group", { name });
/** What the page asked to be changed. */
export const changes = (fake: { sent: (call: string) => unknown[] }) =>
  fake.sent("PATCH /api/settings").flatMap((body) => (body as Change).changes.map(({ key, value }) => [key, value]));
