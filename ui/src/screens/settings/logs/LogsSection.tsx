import { ArrowDownToLine, FolderOpen, RotateCw, ScrollText } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { formatNumber } from "../../../lib/format";
import { Card } from "../../../parts/Card";
import { CopyButton } from "../../../parts/CopyButton";
import { EmptyState } from "../../../parts/EmptyState";
import { ErrorState } from "../../../parts/ErrorState";
import { IconButton } from "../../../parts/IconButton";
import { SearchBox } from "../../../parts/SearchBox";
import { Segmented } from "../../../parts/Segmented";
import { Skeleton } from "../../../parts/Skeleton";
import { Switch } from "../../../parts/Switch";
import { Toolbar } from "../../../parts/Toolbar";
import type { Setting } from "../model";
import { reveal } from "../reveal";
import { SettingsCard } from "../SettingsCard";
import { LogLines } from "./LogLines";
import { asText, type LogFilter, type LogState } from "./tail";
import { useLog } from "./useLog";

const levels = ["error", "warn", "info", "debug"] as const;

/** What Postern writes about its work, live, and how much of it is kept. */
export function LogsSection({ settings }: { settings: readonly Setting[] }) {
  const { t } = useTranslation();
  const [level, setLevel] = useState<LogFilter["level"]>("debug");
  const [search, setSearch] = useState("");
  const [follow, setFollow] = useState(true);
  const settled = useSettled(search);
  const { state, again } = useLog({ level, search: settled }, follow);
  return (
    <>
      <Card title={t("settings.section.logs.title")} actions={<Actions state={state} follow={follow} onFollow={setFollow} again={again} />}>
        <Toolbar label={t("settings.logs.filter")} className="mb-3">
          <Segmented
            label={t("settings.logs.level")}
            value={level}
            onChange={setLevel}
            options={levels.map((value) => ({ value, label: t(`settings.logs.upTo.${value}`) }))}
          />
          <SearchBox label={t("settings.logs.search")} value={search} onChange={setSearch} />
          <span role="status" className="tabular ml-auto text-sm text-muted">
            {!state.reading && t("settings.logs.count", { count: state.lines.length, number: formatNumber(state.lines.length) })}
          </span>
        </Toolbar>
        {state.trouble != null && (
          <div className="mb-3">
            <ErrorState compact title={t("settings.logs.failed")} error={state.trouble} onRetry={again} />
          </div>
        )}
        {state.reading && <Skeleton lines={8} />}
        {!state.reading && state.lines.length === 0 && state.trouble == null && (
          <EmptyState icon={ScrollText} title={t(settled || level !== "debug" ? "settings.logs.noneFit" : "settings.logs.none")} />
        )}
        {state.lines.length > 0 && <LogLines lines={state.lines} follow={follow} onLeave={() => setFollow(false)} />}
        {state.folder && <Folder path={state.folder} />}
      </Card>
      <SettingsCard section="logs" title={t("settings.logs.kept")} settings={settings} />
    </>
  );
}

interface ActionsProps {
  state: LogState;
  follow: boolean;
  onFollow: (follow: boolean) => void;
  again: () => void;
}

function Actions({ state, follow, onFollow, again }: ActionsProps) {
  const { t } = useTranslation();
  const text = useMemo(() => state.lines.map(asText).join("\n"), [state.lines]);
  return (
    <>
      {!follow && <IconButton icon={RotateCw} label={t("settings.logs.refresh")} onClick={again} />}
      {text && <CopyButton text={text} what={t("settings.logs.shown")} />}
      <label className="ml-1 flex items-center gap-2 text-sm">
        <ArrowDownToLine className="size-4 text-muted" aria-hidden />
        {t("settings.logs.follow")}
        <Switch checked={follow} onChange={onFollow} label={t("settings.logs.follow")} />
      </label>
    </>
  );
}

function Folder({ path }: { path: string }) {
  const { t } = useTranslation();
  return (
    <p className="mt-2 flex flex-wrap items-center gap-x-1.5 text-sm text-muted">
      {t("settings.logs.folder")}
      <code className="text-xs break-all select-text">{path}</code>
      <CopyButton text={path} what={t("settings.logs.path")} />
      {reveal && <IconButton icon={FolderOpen} label={t("settings.reveal")} onClick={() => void reveal?.(path)} />}
    </p>
  );
}

/** A text once nobody has written at it for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text.trim()), text ? 250 : 0);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
