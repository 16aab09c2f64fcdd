import { useQuery } from "@tanstack/react-query";

import { read } from "../../api/queries";
import type { Setting } from "./model";
import { PasswordCard } from "./PasswordCard";
import { SessionsCard } from "./SessionsCard";
import { SettingsCard } from "./SettingsCard";

/** The console in a browser: who may open it, and with which password. The window needs no login and shows none. */
export function ConsoleSection({ settings }: { settings: readonly Setting[] }) {
  const visitor = useQuery(read.session()).data?.visitor;
  return (
    <>
      <SettingsCard section="console" settings={settings} />
      {visitor === "browser" && <PasswordCard />}
      {visitor === "browser" && <SessionsCard />}
    </>
  );
}
