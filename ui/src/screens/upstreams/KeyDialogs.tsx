import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { Field } from "../../parts/Field";
import { TextInput } from "../../parts/TextInput";
import { WayOut, WayOutField } from "../../parts/WayOut";
import { notify } from "../../parts/toast";
import { useKeyAction } from "./change";
import type { Upstream, UpstreamKey } from "./words";

/** A new key, or another value for one that is there. */
export function KeyDialog({ of, replaces, onClose }: { of: Upstream; replaces: UpstreamKey | null; onClose: () => void }) {
  const { t } = useTranslation();
  const act = useKeyAction();
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const [proxy, setProxy] = useState("");
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
          : answer(client.POST("/api/upstreams/{name}/keys", { params: { path: { name: of.name } }, body: { value: said, ...(name.trim() && { name: name.trim() }), ...(proxy.trim() && { proxy: proxy.trim() }) } })),
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
        {!replaces && <WayOutField value={proxy} onChange={setProxy} hint={t("upstreams.key.wayOut")} />}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}

/** The way out of a key. What is shown of a proxy is without its name and password. */
export function WayOutDialog({ of, led, onClose }: { of: Upstream; led: UpstreamKey; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const save = async (proxy: string) => {
    await answer(client.PATCH("/api/upstreams/{name}/keys/{key}", { params: { path: { name: of.name, key: led.name } }, body: { proxy } }));
    await queries.invalidateQueries(read.upstreams());
    notify.done(t("upstreams.saved", { name: led.name }));
    onClose();
  };
  return (
    <Dialog open onOpenChange={onClose} title={t("upstreams.key.wayOutTitle", { name: led.name })} footer={<Button onClick={onClose}>{t("common.cancel")}</Button>}>
      <WayOut value={led.proxy ?? ""} hint={t("upstreams.key.wayOut")} onSave={save} />
    </Dialog>
  );
}
