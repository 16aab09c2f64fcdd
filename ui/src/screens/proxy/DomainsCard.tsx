import { Circle, CircleOff, Plus, RotateCcw, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAction } from "../../lib/hooks";
import { Badge } from "../../parts/Badge";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import { ErrorState } from "../../parts/ErrorState";
import { Field } from "../../parts/Field";
import { IconButton } from "../../parts/IconButton";
import { SearchBox } from "../../parts/SearchBox";
import { Select } from "../../parts/Select";
import { TextInput } from "../../parts/TextInput";
import { type Auth, auths, type Domain, type ProxyView } from "./address";
import { useProxyActions } from "./useProxyActions";

/** Which servers may be reached, and how each wants its credential. */
export function DomainsCard({ of }: { of: ProxyView }) {
  const { t } = useTranslation();
  const { allow } = useProxyActions();
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const found = of.domains.filter(({ domain }) => domain.toLowerCase().includes(wanted));
  return (
    <Card title={t("proxy.domains.title")} actions={<SearchBox label={t("proxy.domains.search")} value={search} onChange={setSearch} />}>
      <p className="mb-3 text-sm text-muted">{t("proxy.domains.text")}</p>
      <NewDomain />
      <ul className="mt-3 divide-y divide-line border-t border-line">
        {found.map((domain) => (
          <DomainRow key={domain.domain} of={domain} />
        ))}
      </ul>
      {found.length === 0 && <p className="py-3 text-muted">{t("proxy.domains.none")}</p>}
      {of.withdrawn.length > 0 && (
        <div className="mt-4 flex flex-wrap items-center gap-2">
          <span className="text-sm text-muted">{t("proxy.domains.withdrawn")}</span>
          {of.withdrawn.map((domain) => (
            <Button key={domain} size="sm" aria-label={t("proxy.refused.allow", { domain })} onClick={() => void allow(domain)}>
              <RotateCcw aria-hidden />
              {domain}
            </Button>
          ))}
        </div>
      )}
    </Card>
  );
}

function useAuthOptions() {
  const { t } = useTranslation();
  return auths.map((value) => ({ value, label: t(`proxy.auth.${value}`) }));
}

function DomainRow({ of }: { of: Domain }) {
  const { t } = useTranslation();
  const { change, forbid } = useProxyActions();
  const options = useAuthOptions();
  return (
    <li className="flex min-h-row flex-wrap items-center gap-x-3 gap-y-1 py-1.5">
      <code className="min-w-0 flex-1 basis-56 truncate font-mono text-sm select-text">{of.domain}</code>
      {of.vendor && <Badge>{t("proxy.domains.vendor")}</Badge>}
      {!of.https && <Badge tone="warn">{t("proxy.domains.plain")}</Badge>}
      {!of.record && <Badge>{t("proxy.domains.notRecorded")}</Badge>}
      {of.key && <Badge tone="info">{t("proxy.domains.key", { upstream: of.key })}</Badge>}
      <Select
        aria-label={t("proxy.domains.authOf", { domain: of.domain })}
        value={of.auth_type}
        onChange={(auth_type) => void change(of, { auth_type })}
        options={options}
        className="w-60"
      />
      <IconButton
        icon={of.record ? Circle : CircleOff}
        label={t(of.record ? "proxy.domains.recorded" : "proxy.domains.unrecorded", { domain: of.domain })}
        aria-pressed={of.record}
        onClick={() => void change(of, { record: !of.record })}
      />
      <IconButton icon={X} label={t("proxy.domains.forbid", { domain: of.domain })} onClick={() => void forbid(of)} />
    </li>
  );
}

function NewDomain() {
  const { t } = useTranslation();
  const { post } = useProxyActions();
  const options = useAuthOptions();
  const [domain, setDomain] = useState("");
  const [auth, setAuth] = useState<Auth>("auto");
  const { busy, trouble, run } = useAction();
  const whole = domain.trim() !== "";
  const add = async () => {
    if (!whole) return;
    await run(async () => {
      await post({ domain: domain.trim(), auth_type: auth });
      setDomain("");
      setAuth("auto");
    });
  };
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <div className="flex flex-wrap items-end gap-2">
        <Field label={t("proxy.new.domain")} hint={t("proxy.new.hint")} className="flex-1 basis-64">
          {(control) => <TextInput {...control} value={domain} onChange={(event) => setDomain(event.target.value)} placeholder="api.example.com" spellCheck={false} className="font-mono" />}
        </Field>
        <Field label={t("proxy.new.auth")} hint={t("proxy.new.authHint")} className="basis-56">
          {(control) => <Select {...control} value={auth} onChange={setAuth} options={options} />}
        </Field>
        <Button type="submit" busy={busy} disabledReason={whole ? null : t("proxy.new.incomplete")} className="mb-7">
          <Plus aria-hidden />
          {t("proxy.allow")}
        </Button>
      </div>
      {trouble != null && <ErrorState compact title={t("proxy.new.failed")} error={trouble} />}
    </form>
  );
}
