import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ExternalLink, FlaskConical } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import type { Schemas } from "../../api/types";
import { host } from "../../host";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { ErrorState } from "../../parts/ErrorState";
import { Field } from "../../parts/Field";
import { Notice } from "../../parts/Notice";
import { Skeleton } from "../../parts/Skeleton";
import { TextInput } from "../../parts/TextInput";
import { WayOutField } from "../../parts/WayOut";
import { freeName, isUnfinished, type Template } from "./words";

interface Props {
  /** Names that are there already. */
  taken: readonly string[];
  onClose: () => void;
  onAdded: (name: string) => void;
}

/** Adds a provider: which one, then its address and a key, which can be tried before anything is kept. */
export function AddDialog({ taken, onClose, onAdded }: Props) {
  const { t } = useTranslation();
  const templates = useQuery(read.upstreamTemplates());
  const [chosen, choose] = useState<Template | null>(null);
  if (chosen) return <AddForm template={chosen} taken={taken} onBack={() => choose(null)} onClose={onClose} onAdded={onAdded} />;
  return (
    <Dialog open onOpenChange={onClose} title={t("upstreams.add.title")} text={t("upstreams.add.text")} footer={<Button onClick={onClose}>{t("common.cancel")}</Button>}>
      {templates.isPending && <Skeleton lines={5} className="h-10" />}
      {templates.isError && <ErrorState compact title={t("upstreams.add.templatesFailed")} error={templates.error} onRetry={() => void templates.refetch()} />}
      <ul className="grid grid-cols-2 gap-2 sm:grid-cols-3">
        {templates.data?.templates.map((template) => (
          <li key={template.name}>
            <button
              type="button"
              onClick={() => choose(template)}
              className="flex w-full flex-col items-start gap-0.5 rounded-md border border-line bg-card px-3 py-2.5 text-left transition-colors duration-100 hover:border-edge hover:bg-sunken"
            >
              <span className="font-medium">{template.title}</span>
              <span className="text-sm text-muted">{t(`upstreams.kind.${template.kind}`)}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

interface FormProps extends Props {
  template: Template;
  onBack: () => void;
}

function AddForm({ template, taken, onBack, onClose, onAdded }: FormProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [name, setName] = useState(() => freeName(template.name, taken));
  const [address, setAddress] = useState(template.base_url);
  const [key, setKey] = useState("");
  const [proxy, setProxy] = useState("");
  const [trouble, setTrouble] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const wrongName = taken.includes(name.trim()) ? t("upstreams.add.nameTaken") : undefined;
  const lacks = isUnfinished(address) ? t("upstreams.add.fillIn") : template.needs_key && !key.trim() ? t("upstreams.add.needsKey") : null;

  const add = async () => {
    if (lacks || wrongName) return;
    setBusy(true);
    setTrouble(null);
    try {
      const body: Schemas["NewUpstream"] = {
        name: name.trim(),
        kind: template.kind,
        base_url: address.trim(),
        no_key: !key.trim(),
        ...(key.trim() && { key: { value: key.trim(), ...(proxy.trim() && { proxy: proxy.trim() }) } }),
      };
      await answer(client.POST("/api/upstreams", { body }));
      await queries.invalidateQueries(read.upstreams());
      await queries.invalidateQueries({ queryKey: ["models"] });
      onAdded(name.trim());
    } catch (error) {
      setTrouble(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("upstreams.add.named", { name: template.title })}
      text={t("upstreams.add.sealed")}
      footer={
        <>
          <Button onClick={onBack}>{t("upstreams.add.back")}</Button>
          <Button look="primary" busy={busy} disabledReason={lacks ?? wrongName} onClick={() => void add()}>
            {t("upstreams.action.add")}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-4"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <Field label={t("upstreams.form.name")} hint={t("upstreams.form.nameHint", { name: name.trim() || template.name })} error={wrongName}>
          {(control) => <TextInput {...control} value={name} onChange={(event) => setName(event.target.value)} spellCheck={false} />}
        </Field>
        <Field label={t("upstreams.form.address")} hint={t(isUnfinished(address) ? "upstreams.add.fillIn" : "upstreams.form.addressHint")}>
          {(control) => (
            <TextInput {...control} value={address} onChange={(event) => setAddress(event.target.value)} className="font-mono" spellCheck={false} placeholder={t("upstreams.form.addressUsual")} />
          )}
        </Field>
        <Field label={t(template.needs_key ? "upstreams.form.key" : "upstreams.form.keyOptional")} hint={<KeyHint template={template} />}>
          {(control) => (
            <TextInput
              {...control}
              type="password"
              autoComplete="off"
              value={key}
              onChange={(event) => setKey(event.target.value)}
              placeholder={template.key_begins ? `${template.key_begins}…` : undefined}
              className="font-mono"
            />
          )}
        </Field>
        {key.trim() && <WayOutField value={proxy} onChange={setProxy} hint={t("upstreams.key.wayOut")} />}
        <Trial kind={template.kind} address={address} value={key} proxy={proxy} lacks={lacks} />
        <button type="submit" hidden />
      </form>
      {trouble != null && <ErrorState compact title={t("upstreams.add.failed")} error={trouble} />}
    </Dialog>
  );
}

function KeyHint({ template }: { template: Template }) {
  const { t } = useTranslation();
  const page = template.key_page;
  if (!page) return t("upstreams.form.keyHint");
  return (
    <Button look="link" size="sm" onClick={() => void host.openExternal(page)}>
      {t("upstreams.form.keyPage", { name: template.title })}
      <ExternalLink aria-hidden />
    </Button>
  );
}

/** Asks the provider whether it takes the key. Nothing is kept. */
function Trial({ kind, address, value, proxy, lacks }: { kind: Template["kind"]; address: string; value: string; proxy: string; lacks: string | null }) {
  const { t } = useTranslation();
  const [outcome, setOutcome] = useState<{ of: string; told: Schemas["KeyTrialOutcome"] } | { of: string; error: unknown } | null>(null);
  const [busy, setBusy] = useState(false);
  const of = `${address}\n${value}\n${proxy}`;
  const attempt = async () => {
    setBusy(true);
    try {
      const body = { kind, base_url: address.trim(), value: value.trim(), ...(proxy.trim() && { proxy: proxy.trim() }) };
      setOutcome({ of, told: await answer(client.POST("/api/upstreams/try", { body })) });
    } catch (error) {
      setOutcome({ of, error });
    } finally {
      setBusy(false);
    }
  };
  // What was said of another key or address is not said of this one.
  const now = outcome?.of === of ? outcome : null;
  return (
    <div className="flex flex-col items-start gap-2" aria-live="polite">
      <Button busy={busy} disabledReason={lacks} onClick={() => void attempt()}>
        <FlaskConical aria-hidden />
        {t("upstreams.action.try")}
      </Button>
      {now && "told" in now && (
        <Notice tone={now.told.works ? "good" : "warn"} className="w-full">
          <span className="break-words">{now.told.says}</span>
          {now.told.works && <span className="text-muted"> {t("upstreams.add.found", { count: now.told.models.length })}</span>}
        </Notice>
      )}
      {now && "error" in now && <ErrorState compact title={t("upstreams.add.tryFailed")} error={now.error} />}
    </div>
  );
}
