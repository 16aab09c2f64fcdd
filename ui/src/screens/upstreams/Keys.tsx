import { EllipsisVertical, KeyRound, Plus, RefreshCw, RotateCcw, ShieldCheck, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { formatNumber } from "../../lib/format";
import { Button } from "../../parts/Button";
import { ConfirmDialog } from "../../parts/ConfirmDialog";
import { Dialog } from "../../parts/Dialog";
import { Field } from "../../parts/Field";
import { IconButton } from "../../parts/IconButton";
import { Menu, type MenuItem } from "../../parts/Menu";
import { Notice } from "../../parts/Notice";
import { StateBadge } from "../../parts/StateBadge";
import { Switch } from "../../parts/Switch";
import { TextInput } from "../../parts/TextInput";
import { useKeyAction } from "./change";
import type { Upstream, UpstreamKey } from "./words";

type Asked = { what: "add" } | { what: "replace" | "delete"; key: UpstreamKey };

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
            onDelete={() => ask({ what: "delete", key })}
          />
        ))}
      </ul>
      {(asked?.what === "add" || asked?.what === "replace") && (
        <KeyDialog of={of} replaces={asked.what === "replace" ? asked.key : null} onClose={() => ask(null)} />
      )}
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
  onDelete: () => void;
}

function KeyRow({ of, host, onTurn, onCheck, onConfirm, onReset, onReplace, onDelete }: RowProps) {
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

/** A new key, or another value for one that is there. */
function KeyDialog({ of, replaces, onClose }: { of: Upstream; replaces: UpstreamKey | null; onClose: () => void }) {
  const { t } = useTranslation();
  const act = useKeyAction();
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const [busy, setBusy] = useState(false);
  const lacks = value.trim() ? null : t("upstreams.add.needsKey");
  const keep = async () => {
    if (lacks) return;
    setBusy(true);
    const said = value.trim();
    const done = await act(
      () =>
        replaces
          ? answer(client.PATCH("/api/upstreams/{name}/keys/{key}", { params: { path: { name: of.name, key: replaces.name } }, body: { value: said } }))
          : answer(client.POST("/api/upstreams/{name}/keys", { params: { path: { name: of.name } }, body: { value: said, ...(name.trim() && { name: name.trim() }) } })),
      t("upstreams.key.kept"),
    );
    setBusy(false);
    if (done) onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={replaces ? t("upstreams.key.replaceTitle", { name: replaces.name }) : t("upstreams.key.addTitle", { name: of.name })}
      text={t("upstreams.add.sealed")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" busy={busy} disabledReason={lacks} onClick={() => void keep()}>
            {t("upstreams.key.keep")}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-4"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void keep();
        }}
      >
        <Field label={t("upstreams.form.key")} hint={t("upstreams.form.keyHint")}>
          {(control) => <TextInput {...control} type="password" autoComplete="off" value={value} onChange={(event) => setValue(event.target.value)} className="font-mono" />}
        </Field>
        {!replaces && (
          <Field label={t("upstreams.key.name")} hint={t("upstreams.key.nameHint")}>
            {(control) => <TextInput {...control} value={name} onChange={(event) => setName(event.target.value)} spellCheck={false} />}
          </Field>
        )}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
