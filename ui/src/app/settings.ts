import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../api/client";
import { read } from "../api/queries";
import type { Schemas } from "../api/types";
import { type Appearance, appearance, setAppearance } from "../lib/appearance";
import { notify } from "../parts/toast";

/** Changes settings, all or nothing, in the file and in force. `null` gives a key back to its default. */
export async function changeSettings(queries: QueryClient, values: Readonly<Record<string, unknown>>): Promise<void> {
  const changes = Object.entries(values).map(([key, value]) => ({ key, value }));
  const settings = await answer(client.PATCH("/api/settings", { body: { changes } }));
  queries.setQueryData(read.settings().queryKey, settings);
}

const names = ["theme", "density", "language"] as const;

function appearanceIn(settings: Schemas["SettingsView"]): Partial<Appearance> {
  const found = names.flatMap((name) => {
    const setting = settings.settings.find(({ key }) => key === `window.${name}`);
    return typeof setting?.value === "string" ? [[name, setting.value]] : [];
  });
  return Object.fromEntries(found) as Partial<Appearance>;
}

/** Makes the page look and speak as the settings say, also when they are changed elsewhere. */
export function useAppearanceOfSettings(): void {
  const settings = useQuery(read.settings()).data;
  useEffect(() => {
    if (!settings) return;
    const wanted = appearanceIn(settings);
    const now = appearance();
    if (names.some((name) => wanted[name] !== undefined && wanted[name] !== now[name])) void setAppearance(wanted);
  }, [settings]);
}

/** Changes how the page looks and speaks: at once here, and in the settings. */
export function useChangeAppearance(): (change: Partial<Appearance>) => Promise<void> {
  const { t } = useTranslation();
  const queries = useQueryClient();
  return async (change) => {
    const before = appearance();
    await setAppearance(change);
    try {
      await changeSettings(queries, Object.fromEntries(Object.entries(change).map(([name, value]) => [`window.${name}`, value])));
    } catch (error) {
      await setAppearance(before);
      notify.problem(t("app.saveFailed"), error);
    }
  };
}
