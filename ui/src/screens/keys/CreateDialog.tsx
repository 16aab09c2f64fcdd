import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import { useForm, zodResolver } from "../../lib/form";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { ErrorState } from "../../parts/ErrorState";
import { free, type Rules, rules, said } from "./rules";
import { RulesForm } from "./RulesForm";
import type { Shown } from "./SecretDialog";

interface Props {
  onClose: () => void;
  /** Called with the new key and its secret, which is known here and nowhere else. */
  onMade: (made: Shown) => void;
}

/** Makes a key. What was written stays when it cannot be made. */
export function CreateDialog({ onClose, onMade }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [trouble, setTrouble] = useState<unknown>(null);
  const form = useForm<Rules>({ resolver: zodResolver(rules), defaultValues: free });

  const make = form.handleSubmit(async (values) => {
    setTrouble(null);
    try {
      const body = { ...said(values), ...(values.name && { name: values.name }) };
      const made = await answer(client.POST("/api/keys", { body }));
      await queries.invalidateQueries(read.keys());
      onMade({ name: made.key.name, secret: made.secret ?? "", rotated: false });
    } catch (error) {
      setTrouble(error);
    }
  });

  return (
    <Dialog open onOpenChange={onClose} title={t("keys.create.title")} text={t("keys.create.text")} footer={
      <>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button look="primary" busy={form.formState.isSubmitting} onClick={() => void make()}>
          {t("keys.create.do")}
        </Button>
      </>
    }>
      <form onSubmit={(event) => void make(event)} noValidate>
        <RulesForm form={form} named={t("keys.form.nameHint")} />
        {/* Enter in a field makes the key. */}
        <button type="submit" hidden />
      </form>
      {trouble != null && <ErrorState compact title={t("keys.create.failed")} error={trouble} />}
    </Dialog>
  );
}
