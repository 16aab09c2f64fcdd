import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import { Trouble } from "../../api/trouble";
import { useForm, z, zodResolver } from "../../lib/form";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import { ErrorState } from "../../parts/ErrorState";
import { Field } from "../../parts/Field";
import { TextInput } from "../../parts/TextInput";
import { notify } from "../../parts/toast";
import { otherSessions } from "./sessions";

const shortest = 10;
const empty = { current: "", password: "", again: "" };

/** Changes the password of the console. Every other browser has to sign in anew. */
export function PasswordCard() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [trouble, setTrouble] = useState<unknown>(null);
  const schema = z
    .object({ current: z.string(), password: z.string().min(shortest, t("login.new.short", { count: shortest })), again: z.string() })
    .refine(({ password, again }) => password === again, { path: ["again"], message: t("login.new.differs") });
  const form = useForm({ resolver: zodResolver(schema), defaultValues: empty });
  const { errors, isSubmitting } = form.formState;

  const change = form.handleSubmit(async ({ current, password }) => {
    setTrouble(null);
    try {
      const body = { new: password, ...(current && { current }) };
      queries.setQueryData(read.session().queryKey, await answer(client.PUT("/api/session/password", { body })));
      form.reset(empty);
      notify.done(t("settings.password.done"), t("settings.password.ended"));
      await queries.invalidateQueries(otherSessions());
    } catch (error) {
      if (error instanceof Trouble && error.code === "wrong_credential") {
        form.setError("current", { message: t("settings.password.wrong") }, { shouldFocus: true });
      } else setTrouble(error);
    }
  });

  return (
    <Card title={t("settings.password.title")}>
      <p className="mb-3 max-w-[42rem] text-sm text-muted">{t("settings.password.text")}</p>
      <form onSubmit={(event) => void change(event)} className="flex max-w-sm flex-col gap-4" noValidate>
        <Field label={t("settings.password.current")} hint={t("settings.password.currentHint")} error={errors.current?.message}>
          {(control) => <TextInput {...control} {...form.register("current")} type="password" autoComplete="current-password" />}
        </Field>
        <Field label={t("login.new.label")} hint={t("login.new.hint", { count: shortest })} error={errors.password?.message}>
          {(control) => <TextInput {...control} {...form.register("password")} type="password" autoComplete="new-password" />}
        </Field>
        <Field label={t("login.new.repeat")} error={errors.again?.message}>
          {(control) => <TextInput {...control} {...form.register("again")} type="password" autoComplete="new-password" />}
        </Field>
        {trouble != null && <ErrorState compact title={t("settings.password.failed")} error={trouble} />}
        <div>
          <Button type="submit" busy={isSubmitting}>
            {t("settings.password.change")}
          </Button>
        </div>
      </form>
    </Card>
  );
}
