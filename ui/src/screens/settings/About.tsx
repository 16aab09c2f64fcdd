import { useQuery } from "@tanstack/react-query";
import { ExternalLink } from "lucide-react";
import { useTranslation } from "react-i18next";

import { license } from "../../../package.json";
import { read, useServer } from "../../api/queries";
import type { ServerStatus } from "../../api/types";
import { host } from "../../host";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import { CodeBlock } from "../../parts/CodeBlock";
import { Gate } from "../../parts/GateMark";
import { notify } from "../../parts/toast";

const home = "https://github.com/postern-app/postern";
const links = {
  source: home,
  guide: `${home}/blob/main/docs/guide.en.md`,
  changes: `${home}/blob/main/CHANGELOG.md`,
  problem: `${home}/issues`,
} as const;
/** Texts that exist in the language of the page too. */
const chinese: Partial<Record<keyof typeof links, string>> = { guide: `${home}/blob/main/docs/guide.zh-CN.md` };

/** The address of this console for browsers, while there is one to reach. */
export function consoleAddress(server: ServerStatus | undefined): string | null {
  return server?.state === "running" ? new URL("/console/", server.base_url).href : null;
}

/** What this is, under which terms, and where to find more. */
export function About() {
  const { t, i18n } = useTranslation();
  const version = useQuery(read.session()).data?.version;
  const address = consoleAddress(useServer());
  const open = (url: string) => host.openExternal(url).catch((error: unknown) => notify.problem(t("settings.about.openFailed"), error));
  const addressOf = (name: keyof typeof links) => (i18n.language === "zh-CN" && chinese[name]) || links[name];
  return (
    <>
      <Card title={t("settings.section.about.title")}>
        <div className="flex flex-wrap items-center gap-4">
          <Gate className="size-12" />
          <div className="min-w-0">
            <p className="text-lg font-semibold">{t("app.name")}</p>
            <p className="tabular text-muted select-text">{version && t("settings.about.version", { version })}</p>
          </div>
        </div>
        <p className="mt-3 max-w-[42rem]">{t("settings.about.text")}</p>
        <p className="mt-1 text-sm text-muted">{t("settings.about.license", { license })}</p>
        <div className="mt-3 flex flex-wrap gap-2">
          {(Object.keys(links) as (keyof typeof links)[]).map((name) => (
            <Button key={name} size="sm" onClick={() => void open(addressOf(name))}>
              {t(`settings.about.link.${name}`)}
              <ExternalLink aria-hidden />
            </Button>
          ))}
        </div>
      </Card>
      <Card title={t("settings.about.console")}>
        <p className="mb-3 max-w-[42rem] text-sm text-muted">{t(address ? "settings.about.consoleText" : "settings.about.consoleStopped")}</p>
        {address && (
          <div className="flex max-w-xl flex-col items-start gap-2">
            <CodeBlock quiet label={t("settings.about.address")} code={address} className="w-full" />
            {host.kind === "window" && (
              <Button size="sm" onClick={() => void open(address)}>
                {t("settings.about.open")}
                <ExternalLink aria-hidden />
              </Button>
            )}
            <CodeBlock label={t("settings.about.signIn")} code="postern console link" className="mt-2 w-full" />
          </div>
        )}
      </Card>
    </>
  );
}
