import { FolderOpen } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../../api/types";
import { Card } from "../../../parts/Card";
import { CopyButton } from "../../../parts/CopyButton";
import { Facts } from "../../../parts/Facts";
import { IconButton } from "../../../parts/IconButton";
import { Notice } from "../../../parts/Notice";
import { reveal } from "../reveal";

type Pack = Schemas["PackStatus"];
type File = Schemas["PackFile"];

/** Which selectors are in force: those that are built in, and what a file replaces of them. */
export function PackCard({ pack, path }: { pack: Pack; path: string }) {
  const { t } = useTranslation();
  const { file } = pack;
  const version = (number: number) => t("page.pack.versionIs", { version: number });
  const facts: [string, ReactNode][] = [[t("page.pack.version"), version(pack.version)]];
  if (file) {
    facts.push([t("page.pack.file"), <Path key="file" path={file.path} />]);
    if (!file.fault) {
      facts.push([t("page.pack.for"), file.version == null ? t("page.pack.unsaid") : version(file.version)]);
      facts.push([t("page.pack.overrides"), <Overrides key="overrides" of={file} />]);
    }
  } else {
    facts.push([t("page.pack.file"), <span key="file" className="break-all">{t("page.pack.none", { path })}</span>]);
  }
  return (
    <Card title={t("page.pack.title")}>
      <p className="mb-3 max-w-[42rem] text-sm text-muted">{t("page.pack.text")}</p>
      {file && <Standing file={file} version={pack.version} />}
      <Facts facts={facts} />
    </Card>
  );
}

/** What is to be done about the file. */
function Standing({ file: { fault, outdated }, version }: { file: File; version: number }) {
  const { t } = useTranslation();
  if (fault) {
    return (
      <Notice tone="bad" title={t("page.pack.refused.title")} className="mb-3">
        <span lang="en">{fault.line == null ? fault.what : t("page.pack.refused.line", { line: fault.line, what: fault.what })}</span>
      </Notice>
    );
  }
  if (!outdated) return null;
  return (
    <Notice tone="warn" title={t("page.pack.outdated.title")} className="mb-3">
      {t("page.pack.outdated.text", { version })}
    </Notice>
  );
}

function Path({ path }: { path: string }) {
  const { t } = useTranslation();
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-1">
      <code className="text-sm break-all">{path}</code>
      <CopyButton text={path} what={t("page.pack.path")} className="-my-1" />
      {reveal && <IconButton icon={FolderOpen} label={t("settings.reveal")} className="-my-1" onClick={() => void reveal?.(path)} />}
    </span>
  );
}

function Overrides({ of: { overrides } }: { of: File }) {
  const { t } = useTranslation();
  if (overrides.length === 0) return t("page.pack.overridesNothing");
  return (
    <ul className="flex flex-wrap gap-x-3">
      {overrides.map((name) => (
        <li key={name}>
          <code className="text-sm break-all">{name}</code>
        </li>
      ))}
    </ul>
  );
}
