import { FolderOpen, ListFilter, Stethoscope, Trash2 } from "lucide-react";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import type { AccountView } from "../../api/types";
import { host } from "../../host";
import { formatBytes, formatMoment, formatNumber } from "../../lib/format";
import { Button } from "../../parts/Button";
import { ErrorState } from "../../parts/ErrorState";
import { Facts } from "../../parts/Facts";
import { Field } from "../../parts/Field";
import { Inspector } from "../../parts/Inspector";
import { Notice } from "../../parts/Notice";
import { StateBadge } from "../../parts/StateBadge";
import { Switch } from "../../parts/Switch";
import { TextInput } from "../../parts/TextInput";
import { notify } from "../../parts/toast";
import { useAccountActions } from "./actions";
import type { Checks } from "./useChecks";

interface Props {
  of: AccountView;
  checks: Checks;
  onClose: () => void;
  onRenamed: (name: string) => void;
  onRemove: () => void;
}

/** One account: how it is, what to do about it, and what can be changed. */
export function AccountInspector({ of, checks, onClose, onRenamed, onRemove }: Props) {
  const { t } = useTranslation();
  const { turn } = useAccountActions();
  const why = "why" in of.status ? of.status.why : null;
  const failed = checks.failed.get(of.name);
  return (
    <Inspector title={of.name} onClose={onClose}>
      <div className="flex flex-col gap-5">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <StateBadge state={of.status} />
          <label className="flex items-center gap-2 text-sm">
            <span className="text-muted">{t("accounts.use")}</span>
            <Switch checked={of.enabled} onChange={(enabled) => void turn(of, enabled)} label={t("accounts.useOf", { name: of.name })} />
          </label>
        </div>
        {(why || of.action) && (
          <Notice tone="warn" title={of.action ?? undefined}>
            {why && <p className="select-text">{why}</p>}
          </Notice>
        )}
        {failed !== undefined && <ErrorState compact title={t("accounts.checkFailed")} error={failed} />}
        <div className="flex flex-wrap gap-2">
          <Button busy={checks.running.has(of.name)} onClick={() => void checks.one(of)}>
            <Stethoscope aria-hidden />
            {t("accounts.check")}
          </Button>
          <Button asChild>
            <Link to="/requests" search={{ account: of.name }}>
              <ListFilter aria-hidden />
              {t("accounts.requests")}
            </Link>
          </Button>
          {host.native && (
            <Button onClick={() => void host.native?.reveal(of.profile)}>
              <FolderOpen aria-hidden />
              {t("accounts.reveal")}
            </Button>
          )}
        </div>
        <AccountFacts of={of} />
        <Rename key={of.name} of={of} onRenamed={onRenamed} />
        <section className="border-t border-line pt-4">
          <Button look="danger" onClick={onRemove}>
            <Trash2 aria-hidden />
            {t("accounts.remove.do")}
          </Button>
        </section>
      </div>
    </Inspector>
  );
}

function AccountFacts({ of }: { of: AccountView }) {
  const { t } = useTranslation();
  const unknown = <span className="text-muted">{t("accounts.unknown")}</span>;
  const moment = (seconds: number | null | undefined) => (seconds ? formatMoment(seconds * 1000) : unknown);
  const facts: [string, ReactNode][] = [
    [t("accounts.column.upstream"), of.upstream],
    [t("accounts.column.models"), of.models == null ? unknown : formatNumber(of.models)],
    [t("accounts.column.pending"), formatNumber(of.pending)],
    [t("accounts.column.used"), moment(of.last_used_at)],
    [t("accounts.fact.checked"), moment(of.checked_at)],
    [t("accounts.column.memory"), of.memory_bytes == null ? t("accounts.noBrowser") : formatBytes(of.memory_bytes)],
    [t("accounts.fact.size"), of.profile_bytes == null ? unknown : formatBytes(of.profile_bytes)],
    [t("accounts.fact.created"), moment(of.created_at)],
    [t("accounts.fact.profile"), <span key="profile" className="font-mono text-sm break-all">{of.profile}</span>],
  ];
  return <Facts facts={facts} />;
}

function Rename({ of, onRenamed }: { of: AccountView; onRenamed: (name: string) => void }) {
  const { t } = useTranslation();
  const { rename } = useAccountActions();
  const [name, setName] = useState(of.name);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<unknown>(null);
  const changed = name.trim() !== of.name && name.trim() !== "";

  const save = async () => {
    if (!changed) return;
    setBusy(true);
    setTrouble(null);
    try {
      await rename(of, name.trim());
      notify.done(t("accounts.rename.done", { name: name.trim() }));
      onRenamed(name.trim());
    } catch (error) {
      setTrouble(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Field label={t("accounts.rename.label")} hint={t("accounts.rename.hint")}>
        {(control) => (
          <span className="flex gap-2">
            <TextInput {...control} value={name} onChange={(event) => setName(event.target.value)} />
            <Button type="submit" busy={busy} disabledReason={changed ? null : t("accounts.rename.same")}>
              {t("accounts.rename.do")}
            </Button>
          </span>
        )}
      </Field>
      {trouble != null && <ErrorState compact title={t("accounts.changeFailed", { name: of.name })} error={trouble} />}
    </form>
  );
}
