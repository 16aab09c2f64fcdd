import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import type { Session } from "../../api/types";
import { useForm, z, zodResolver } from "../../lib/form";
import { Button } from "../../parts/Button";
import { Field } from "../../parts/Field";
import { TextInput } from "../../parts/TextInput";
import { SignInTrouble } from "./PasswordForm";

interface Props {
  onSet: (session: Session) => void;
  /** Goes in with the present password; offered when there is one. */
  onKeep?: () => void;
}

const shortest = 10;

/** Sets the console's password, after a link let somebody in. */
export function NewPasswordForm({ onSet, onKeep }: Props) {
  const { t } = useTranslation();
  const [trouble, setTrouble] = useState<unknown>(null);
  const schema = z
    .object({ password: z.string().min(shortest, t("login.new.short", { count: shortest })), again: z.string() })
    .refine(({ password, again }) => password === again, { path: ["again"], message: t("login.new.differs") });
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { password: "", again: "" } });
  const { errors, isSubmitting } = form.formState;

  const save = form.handleSubmit(async ({ password }) => {
    setTrouble(null);
    try {
      onSet(await answer(client.PUT("/api/session/password", { body: { new: password } })));
    } catch (error) {
      setTrouble(error);
    }
  });

  return (
    <form onSubmit={(event) => void save(event)} className="flex flex-col gap-4" noValidate>
      {trouble != null && <SignInTrouble error={trouble} />}
      <Field label={t("login.new.label")} hint={t("login.new.hint", { count: shortest })} error={errors.password?.message}>
        {(control) => (
          <TextInput {...control} {...form.register("password")} type="password" autoComplete="new-password" autoFocus />
        )}
      </Field>
      <Field label={t("login.new.repeat")} error={errors.again?.message}>
        {(control) => <TextInput {...control} {...form.register("again")} type="password" autoComplete="new-password" />}
      </Field>
      <Button type="submit" look="primary" busy={isSubmitting}>
        {t("login.new.save")}
      </Button>
      {onKeep && <Button onClick={onKeep}>{t("login.new.keep")}</Button>}
    </form>
  );
}
