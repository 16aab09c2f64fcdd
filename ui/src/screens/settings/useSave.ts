import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { read } from "../../api/queries";
import { describeTrouble, Trouble } from "../../api/trouble";
import type { Schemas } from "../../api/types";
import { changeSettings } from "../../app/settings";
import { host } from "../../host";
import { notify } from "../../parts/toast";
import { type Setting, wayBack } from "./model";
import { freePortIn, type Listening, newHome } from "./moves";
import { labelOf } from "./words";

/** Why a value was not taken. */
export interface Objection {
  why: string;
  next: string | null;
  /** A port that would do instead. */
  freePort: number | null;
}

/** What a row can do with its setting. */
export interface Saving {
  /** Saves a value; `null` gives the key back to its default. Tells whether it was taken. */
  save: (value: unknown) => Promise<boolean>;
  /** Says what is wrong without asking the server. */
  object: (why: string) => void;
  /** Forgets what was wrong. */
  forgive: () => void;
  objection: Objection | null;
}

/** What the server says, without the name of the setting at which it stands: `server.host: …`, `server.hosts[0]: …`. */
function atField(key: string, why: string): string {
  const naming = new RegExp(`^${key.replaceAll(".", "\\.")}(\\[\\d+\\])?: `);
  let rest = why;
  while (naming.test(rest)) rest = rest.replace(naming, "");
  return rest;
}

function objectionIn(key: string, error: unknown): Objection {
  const { why, next } = describeTrouble(error);
  const freePort = error instanceof Trouble ? freePortIn(error.action) : null;
  return { why: atField(key, why), next: freePort === null ? next : null, freePort };
}

function listeningIn(view: Schemas["SettingsView"] | undefined): Listening | null {
  const value = (key: string) => view?.settings.find((setting) => setting.key === key)?.value;
  const [at, port] = [value("server.host"), value("server.port")];
  return typeof at === "string" && typeof port === "number" ? { host: at, port } : null;
}

/** Saves a setting at once, offers to take it back, and keeps what was wrong with it. */
export function useSave(setting: Setting): Saving {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [objection, setObjection] = useState<Objection | null>(null);
  const { key, applies } = setting;

  const change = async (value: unknown) => {
    const settings = () => listeningIn(queries.getQueryData(read.settings().queryKey));
    const before = settings();
    await changeSettings(queries, { [key]: value });
    const after = settings();
    if (applies !== "rebind" || host.kind !== "browser" || !before || !after) return;
    // The page goes where the server went, or it would be talking to nobody.
    const home = newHome(new URL(location.href), before, after);
    if (home === "unknown") notify.info(t("settings.moved.title"), t("settings.moved.unknown"));
    else if (home) location.assign(home);
  };
  const takeBack = async (value: unknown) => {
    try {
      await change(value);
      setObjection(null);
    } catch (error) {
      notify.problem(t("settings.undoFailed", { name: labelOf(key) }), error);
    }
  };
  const save = async (value: unknown) => {
    const before = wayBack(setting);
    try {
      await change(value);
    } catch (error) {
      setObjection(objectionIn(key, error));
      return false;
    }
    setObjection(null);
    notify.undo(t("settings.saved", { name: labelOf(key) }), t("common.undo"), () => void takeBack(before), `setting-${key}`);
    return true;
  };
  return {
    save,
    objection,
    object: (why) => setObjection({ why, next: null, freePort: null }),
    forgive: () => setObjection(null),
  };
}
