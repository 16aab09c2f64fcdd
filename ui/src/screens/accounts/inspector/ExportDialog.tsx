import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { AccountView, Schemas } from "../../../api/types";
import { useAction } from "../../../lib/hooks";
import { saveFile } from "../../../lib/save";
import { Button } from "../../../parts/Button";
import { Dialog } from "../../../parts/Dialog";
import { ErrorState } from "../../../parts/ErrorState";
import { Field } from "../../../parts/Field";
import { Notice } from "../../../parts/Notice";
import { RadioCard, RadioCards } from "../../../parts/RadioCards";
import { TextInput } from "../../../parts/TextInput";
import { notify } from "../../../parts/toast";
import { useAccountActions } from "../actions";

type Form = Schemas["ExportForm"];

/** The fewest characters of a passphrase that the house takes. */
const shortest = 12;
const forms: readonly Form[] = ["sealed_profile", "storage_state"];
const endings: Record<Form, string> = { sealed_profile: "postern-profile", storage_state: "json" };

/** The account as a file that can be carried elsewhere: sealed, or in clear for other tools. */
export function ExportDialog({ of, onClose }: { of: AccountView; onClose: () => void }) {
  const { t } = useTranslation();
  const { exportFile } = useAccountActions();
  const [form, setForm] = useState<Form>("sealed_profile");
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const { busy, trouble, run } = useAction({ leaves: true });
  const length = [...passphrase].length;
  const differs = again !== "" && again !== passphrase;
  const sealed = form === "sealed_profile";
  const reason = !sealed ? null : length < shortest ? t("accounts.export.short", { count: shortest - length }) : again !== passphrase ? t("accounts.export.twice") : null;

  const save = async () => {
    if (reason !== null) return;
    const name = `${of.name}.${endings[form]}`;
    await run(async () => {
      saveFile(await exportFile(of, { form, ...(sealed && { passphrase }) }), name);
      notify.done(t("accounts.export.done", { name }));
      onClose();
    });
  };

  return (
    <Dialog
      open
      onOpenChange={onClose}
      className="max-w-lg"
      title={t("accounts.export.title", { name: of.name })}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" busy={busy} disabledReason={reason} onClick={() => void save()}>
            {t("accounts.export.do")}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <FormPick value={form} onChange={setForm} />
        {sealed ? (
          <>
            <Field label={t("accounts.export.passphrase")} hint={t(`accounts.export.strength.${strengthOf(length)}`, { count: shortest })}>
              {(control) => <TextInput {...control} type="password" autoComplete="new-password" value={passphrase} onChange={(event) => setPassphrase(event.target.value)} />}
            </Field>
            <Field label={t("accounts.export.again")} error={differs ? t("accounts.export.differs") : undefined}>
              {(control) => <TextInput {...control} type="password" autoComplete="new-password" value={again} onChange={(event) => setAgain(event.target.value)} />}
            </Field>
          </>
        ) : (
          <Notice tone="warn" title={t("accounts.export.clear")}>
            <p>{t("accounts.export.clearText")}</p>
          </Notice>
        )}
        {trouble != null && <ErrorState compact title={t("accounts.export.failed")} error={trouble} />}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}

/** How good a passphrase of so many characters is: length is what counts. */
const strengthOf = (length: number) => (length < shortest ? "short" : length < 20 ? "fair" : "good");

function FormPick({ value, onChange }: { value: Form; onChange: (form: Form) => void }) {
  const { t } = useTranslation();
  return (
    <RadioCards label={t("accounts.export.form")} value={value} onChange={onChange}>
      {forms.map((form) => (
        <RadioCard key={form} value={form}>
          <span className="block font-medium">{t(`accounts.export.${form}.title`)}</span>
          <span className="block text-sm text-muted">{t(`accounts.export.${form}.text`)}</span>
        </RadioCard>
      ))}
    </RadioCards>
  );
}
