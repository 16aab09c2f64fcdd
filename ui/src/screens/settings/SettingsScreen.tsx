import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { FolderOpen } from "lucide-react";
import { useTranslation } from "react-i18next";

import { read } from "../../api/queries";
import type { Schemas } from "../../api/types";
import { cn } from "../../lib/cn";
import { CopyButton } from "../../parts/CopyButton";
import { ErrorState } from "../../parts/ErrorState";
import { IconButton } from "../../parts/IconButton";
import { Page } from "../../parts/Page";
import { Skeleton } from "../../parts/Skeleton";
import { About } from "./About";
import { Bundle } from "./Bundle";
import { ConsoleSection } from "./ConsoleSection";
import { Health } from "./Health";
import { LogsSection } from "./logs/LogsSection";
import { careSections, settingsOf, unknownSections, workSections } from "./model";
import { ModelsSection } from "./ModelsSection";
import { NetworkSection } from "./NetworkSection";
import { PageSection } from "./page/PageSection";
import { RecordingSection } from "./RecordingSection";
import { reveal } from "./reveal";
import { Security } from "./Security";
import { ServerSection } from "./ServerSection";
import { SettingsCard } from "./SettingsCard";
import { Storage } from "./Storage";
import { WindowSection } from "./WindowSection";
import { sectionTitle } from "./words";

type View = Schemas["SettingsView"];

/** Everything that can be set, and how Postern is doing. Which section is open stands in the address. */
export function SettingsScreen() {
  const { t } = useTranslation();
  const settings = useQuery(read.settings());
  const wanted = useParams({ strict: false }).section;
  const { data } = settings;
  const more = data ? unknownSections(data.settings) : [];
  const all = [...workSections, ...more, ...careSections];
  const section = all.find((name) => name === wanted) ?? "window";
  return (
    <Page title={t("settings.title")} text={data && <File path={data.file} />}>
      {settings.isPending && <Skeleton lines={8} />}
      {settings.isError && !data && (
        <ErrorState title={t("settings.failed")} error={settings.error} onRetry={() => void settings.refetch()} />
      )}
      {data && (
        <div className="grid grid-cols-1 gap-4 lg:grid-cols-[12rem_minmax(0,60rem)]">
          <Sections work={[...workSections, ...more]} chosen={section} />
          <div key={section} className="flex min-w-0 flex-col gap-4">
            <Section name={section} view={data} />
          </div>
        </div>
      )}
    </Page>
  );
}

/** Where the settings are kept. */
function File({ path }: { path: string }) {
  const { t } = useTranslation();
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-1">
      <span>{t("settings.file.text")}</span>
      <code className="text-xs break-all select-text">{path}</code>
      <CopyButton text={path} what={t("settings.file.path")} className="-my-1" />
      {reveal && (
        <IconButton icon={FolderOpen} label={t("settings.reveal")} className="-my-1" onClick={() => void reveal?.(path)} />
      )}
    </span>
  );
}

function Sections({ work, chosen }: { work: readonly string[]; chosen: string }) {
  const { t } = useTranslation();
  const link = (name: string) => (
    <Link
      key={name}
      to="/settings/$section"
      params={{ section: name }}
      replace
      aria-current={name === chosen ? "page" : undefined}
      className={cn(
        "flex h-control items-center rounded-md px-3 transition-colors duration-100 hover:bg-hover",
        name === chosen ? "bg-accent-soft font-medium text-accent" : "text-ink",
      )}
    >
      {sectionTitle(name)}
    </Link>
  );
  return (
    <nav aria-label={t("settings.sections")} className="flex flex-wrap content-start gap-1 lg:flex-col lg:flex-nowrap">
      {work.map(link)}
      <span aria-hidden className="mx-1 my-1 w-px self-stretch bg-line lg:mx-3 lg:my-1.5 lg:h-px lg:w-auto" />
      {careSections.map(link)}
    </nav>
  );
}

function Section({ name, view }: { name: string; view: View }) {
  const settings = settingsOf(view.settings, name);
  switch (name) {
    case "window":
      return <WindowSection settings={settings} />;
    case "server":
      return <ServerSection settings={settings} all={view.settings} />;
    case "console":
      return <ConsoleSection settings={settings} />;
    case "models":
      return <ModelsSection settings={settings} />;
    case "network":
      return <NetworkSection settings={settings} />;
    case "recording":
      return <RecordingSection settings={settings} />;
    case "page":
      return <PageSection />;
    case "security":
      return <Security />;
    case "logs":
      return <LogsSection settings={settings} />;
    case "storage":
      return <Storage />;
    case "health":
      return <Health />;
    case "diagnostics":
      return <Bundle settings={settings} />;
    case "about":
      return <About />;
    default:
      return <SettingsCard section={name} settings={settings} />;
  }
}
