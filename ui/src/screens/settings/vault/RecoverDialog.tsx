import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";

import { Trouble } from "../../../api/trouble";
import { useAction } from "../../../lib/hooks";
import { Button } from "../../../parts/Button";
import { Dialog } from "../../../parts/Dialog";
import { ErrorState } from "../../../parts/ErrorState";
import { Field } from "../../../parts/Field";
import { TextArea } from "../../../parts/TextInput";
import { notify } from "../../../parts/toast";
import { useVault } from "./useVault";

/** Brings a lost master key back, from the recovery key that its owner kept. */
export function RecoverDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { recover } = useVault();
  const form = useId();
  const [key, setKey] = useState("");
  const { busy, trouble, run } = useAction({ leaves: true });
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (!key.trim()) return;
    await run(async () => {
      const { secrets } = await recover(key);
      notify.done(t("settings.vault.recover.done", { count: secrets }));
      onClose();
    });
  };
  const atField = trouble instanceof Trouble && trouble.field === "key" ? trouble.message : undefined;
  return (
    <Dialog open onOpenChange={onClose} title={t("settings.vault.recover.title")} text={t("settings.vault.recover.text")} footer={
      <>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button type="submit" form={form} look="primary" busy={busy} disabledReason={key.trim() ? null : t("settings.vault.recover.nothing")}>
          {t("settings.vault.recover.do")}
        </Button>
      </>
    }>
      <form id={form} onSubmit={(event) => void send(event)} className="flex flex-col gap-3" noValidate>
        <Field label={t("settings.vault.recovery.label")} hint={t("settings.vault.recover.hint")} error={atField}>
          {(control) => (
            <TextArea {...control} autoFocus rows={3} value={key} onChange={(event) => setKey(event.target.value)} spellCheck={false} autoComplete="off" className="font-mono" />
          )}
        </Field>
        {trouble != null && !atField && <ErrorState compact title={t("settings.vault.recover.failed")} error={trouble} />}
      </form>
    </Dialog>
  );
}
