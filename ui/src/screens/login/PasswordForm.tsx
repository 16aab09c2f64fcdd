import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { describeTrouble, type Trouble } from "../../api/trouble";
import type { Session } from "../../api/types";
import { useForm, z, zodResolver } from "../../lib/form";
import { Button } from "../../parts/Button";
import { CodeBlock } from "../../parts/CodeBlock";
import { Field } from "../../parts/Field";
import { Notice } from "../../parts/Notice";
import { TextInput } from "../../parts/TextInput";

interface Props {
  /** Why a link was not taken. */
  refused: Trouble | null;
  onSignedIn: (session: Session) => void;
}

/** Signs in with the password. */
export function PasswordForm({ refused, onSignedIn }: Props) {
  const { t } = useTranslation();
  const [trouble, setTrouble] = useState<unknown>(refused);
  const schema = z.object({ password: z.string().min(1, t("login.password.missing")) });
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { password: "" } });

  const signIn = form.handleSubmit(async ({ password }) => {
    setTrouble(null);
    try {
      onSignedIn(await answer(client.POST("/api/session", { body: { password } })));
    } catch (error) {
      setTrouble(error);
      form.setFocus("password", { shouldSelect: true });
    }
  });

  return (
    <form onSubmit={(event) => void signIn(event)} className="flex flex-col gap-4" noValidate>
      {trouble != null && <SignInTrouble error={trouble} />}
      <Field label={t("login.password.label")} error={form.formState.errors.password?.message}>
        {(control) => (
          <TextInput {...control} {...form.register("password")} type="password" autoComplete="current-password" autoFocus />
        )}
      </Field>
      <Button type="submit" look="primary" busy={form.formState.isSubmitting}>
        {t("login.signIn")}
      </Button>
      <details className="text-sm">
        <summary className="min-h-6 text-muted">{t("login.forgotten.title")}</summary>
        <p className="mt-1.5 mb-2">{t("login.forgotten.text")}</p>
        <CodeBlock quiet label={t("login.command")} code="postern console link" />
      </details>
    </form>
  );
}

/** Why nobody came in, in the words of the page where the kind is known. */
export function SignInTrouble({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const code = (error as Trouble).code;
  const { why, next } = describeTrouble(error);
  if (code === "throttled") {
    return (
      <Notice tone="warn" title={t("login.throttled")}>
        {next ?? why}
      </Notice>
    );
  }
  return (
    <Notice tone="bad" title={code === "wrong_credential" ? t("login.wrong") : why}>
      {next}
    </Notice>
  );
}
