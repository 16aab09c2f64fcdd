import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { AccountView } from "../../../api/types";
import { useAction } from "../../../lib/hooks";
import { Button } from "../../../parts/Button";
import { ErrorState } from "../../../parts/ErrorState";
import { Field } from "../../../parts/Field";
import { TextInput } from "../../../parts/TextInput";
import { notify } from "../../../parts/toast";
import { useAccountActions } from "../actions";

/** Gives the account another name. What was written stays when that cannot be. */
export function Rename({ of, onRenamed }: { of: AccountView; onRenamed: (name: string) => void }) {
  const { t } = useTranslation();
  const { rename } = useAccountActions();
  const [name, setName] = useState(of.name);
  const { busy, trouble, run } = useAction();
  const changed = name.trim() !== of.name && name.trim() !== "";

  const save = async () => {
    if (!changed) return;
    await run(async () => {
      await rename(of, name.trim());
      notify.done(t("accounts.rename.done", { name: name.trim() }));
      onRenamed(name.trim());
    });
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
