import { EllipsisVertical, KeyRound, Plus, RefreshCw, RotateCcw, ShieldCheck, Trash2, Waypoints } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { formatNumber } from "../../lib/format";
import { Button } from "../../parts/Button";
import { ConfirmDialog } from "../../parts/ConfirmDialog";
import { IconButton } from "../../parts/IconButton";
import { Menu, type MenuItem } from "../../parts/Menu";
import { Notice } from "../../parts/Notice";
import { StateBadge } from "../../parts/StateBadge";
import { Switch } from "../../parts/Switch";
import { useKeyAction } from "./change";
import { KeyDialog, WayOutDialog } from "./KeyDialogs";
import type { Upstream, UpstreamKey } from "./words";

type Asked = { what: "add" } | { what: "replace" | "wayOut" | "delete"; key: UpstreamKey };

/** The keys of a provider. A value is written here and never shown again. */
export function Keys({ of }: { of: Upstream }) {
  const { t } = useTranslation();
  const [asked, ask] = useState<Asked | null>(null);
  const act = useKeyAction();
  const at = (key: UpstreamKey) => ({ params: { path: { name: of.name, key: key.name } } });
  return (
    <section className="flex flex-col gap-3 border-t border-line pt-4">
      <div className="flex items-center justify-between gap-2">
        <h3 className="font-semibold">{t("upstreams.key.title")}</h3>
        <Button size="sm" onClick={() => ask({ what: "add" })}>
          <Plus aria-hidden />
          {t("upstreams.key.add")}
        </Button>
      </div>
      {of.keys.length === 0 && <p className="text-muted">{t("upstreams.key.none")}</p>}
      <ul className="flex flex-col gap-2">
        {of.keys.map((key) => (
          <KeyRow
            key={key.name}
            of={key}
            host={of.host}
            onTurn={(enabled) => void act(() => answer(client.PATCH("/api/upstreams/{name}/keys/{key}", { ...at(key), body: { enabled } })))}
            onCheck={() => act(() => answer(client.POST("/api/upstreams/{name}/keys/{key}/check", at(key))))}
            onConfirm={() => void act(() => answer(client.PATCH("/api/upstreams/{name}/keys/{key}", { ...at(key), body: { confirm_host: true } })))}
            onReset={() => void act(() => answer(client.POST("/api/upstreams/{name}/keys/{key}/reset-cooldowns", { ...at(key), body: {} })))}
            onReplace={() => ask({ what: "replace", key })}
            onWayOut={() => ask({ what: "wayOut", key })}
            onDelete={() => ask({ what: "delete", key })}
          />
        ))}
      </ul>
      {(asked?.what === "add" || asked?.what === "replace") && (
        <KeyDialog of={of} replaces={asked.what === "replace" ? asked.key : null} onClose={() => ask(null)} />
      )}
      {asked?.what === "wayOut" && <WayOutDialog of={of} led={asked.key} onClose={() => ask(null)} />}
      <ConfirmDialog
        open={asked?.what === "delete"}
        onOpenChange={() => ask(null)}
        title={t("upstreams.key.delete.title", { name: asked?.what === "delete" ? asked.key.name : "" })}
        text={t("upstreams.key.delete.text")}
        action={t("upstreams.key.action.delete")}
        onConfirm={async () => {
          if (asked?.what !== "delete") return;
          await act(() => answer(client.DELETE("/api/upstreams/{name}/keys/{key}", at(asked.key))));
        }}
      />
    </section>
  );
}

interface RowProps {
  of: UpstreamKey;
  host: string;
  onTurn: (enabled: boolean) => void;
  onCheck: () => Promise<boolean>;
  onConfirm: () => void;
  onReset: () => void;
  onReplace: () => void;
  onWayOut: () => void;
  onDelete: () => void;
}

function KeyRow({ of, host, onTurn, onCheck, onConfirm, onReset, onReplace, onWayOut, onDelete }: RowProps) {
  const { t } = useTranslation();
  const [checking, setChecking] = useState(false);
  const pasted = of.origin.from === "pasted";
  // The badge says all there is to say while nothing is wrong.
  const says = ["ready", "busy", "off", "not_checked"].includes(of.status.state) ? "" : of.says;
  const check = async () => {
    setChecking(true);
    await onCheck();
    setChecking(false);
  };
  const items: MenuItem[] = [];
  if (of.cooldowns.length > 0) items.push({ label: t("upstreams.key.action.reset"), icon: RotateCcw, onSelect: onReset });
  if (pasted) {
    items.push({ label: t("upstreams.key.action.replace"), icon: KeyRound, onSelect: onReplace });
    items.push({ label: t("upstreams.key.action.wayOut"), icon: Waypoints, onSelect: onWayOut });
    items.push({ label: t("upstreams.key.action.delete"), icon: Trash2, danger: true, onSelect: onDelete });
  }
  return (
    <li className="flex flex-col gap-2 rounded-md border border-line px-3 py-2.5">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1.5">
        <span className="min-w-0 flex-1 basis-14 truncate font-medium">{of.name}</span>
        <StateBadge state={of.status} of="key" />
        <Switch checked={of.enabled} onChange={onTurn} label={t("upstreams.key.enabledOf", { name: of.name })} />
        <IconButton icon={RefreshCw} label={t("upstreams.key.action.check", { name: of.name })} disabled={checking} onClick={() => void check()} />
        {items.length > 0 && <Menu trigger={<IconButton icon={EllipsisVertical} label={t("upstreams.key.more", { name: of.name })} />} items={items} />}
      </div>
      <div className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted">
        {of.masked && <code className="font-mono">{of.masked}</code>}
        {of.origin.from === "environment" && <span>{t("upstreams.key.environment", { variable: of.origin.variable })}</span>}
        {of.proxy && <span className="break-all">{t("upstreams.key.via", { proxy: of.proxy })}</span>}
        <span>{t("upstreams.key.today", { count: of.uses_today, shown: formatNumber(of.uses_today) })}</span>
      </div>
      {says && <p className="text-sm break-words">{says}</p>}
      {of.action && !of.pasted_for && <p className="text-sm font-medium break-words">{of.action}</p>}
      {of.pasted_for && (
        <Notice
          tone="warn"
          actions={
            <Button size="sm" onClick={onConfirm}>
              <ShieldCheck aria-hidden />
              {t("upstreams.key.action.confirm", { host })}
            </Button>
          }
        >
          {t("upstreams.key.moved", { from: of.pasted_for, host })}
        </Notice>
      )}
    </li>
  );
}
