import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useServer } from "../../api/queries";
import { host } from "../../host";
import { Notice } from "../../parts/Notice";
import type { Setting } from "./model";
import { SettingsCard } from "./SettingsCard";

/** Where the server listens and who may call it. */
export function ServerSection({ settings, all }: { settings: readonly Setting[]; all: readonly Setting[] }) {
  const { t } = useTranslation();
  const server = useServer();
  const remote = all.find(({ key }) => key === "console.remote")?.value === true;
  // Beyond loopback a browser loses the console, unless that is allowed first. Other ways in are not affected.
  const locksOut = host.kind === "browser" && !remote && server?.beyond_loopback === false;
  return (
    <SettingsCard
      section="server"
      settings={settings}
      note={
        <div className="flex flex-col gap-2">
          <Notice>{t("settings.server.rebind")}</Notice>
          {locksOut && (
            <Notice
              tone="warn"
              actions={
                <Link to="/settings/$section" params={{ section: "console" }} className="text-sm text-accent underline underline-offset-2">
                  {t("settings.server.allow")}
                </Link>
              }
            >
              {t("settings.server.lockOut")}
            </Notice>
          )}
        </div>
      }
    />
  );
}
