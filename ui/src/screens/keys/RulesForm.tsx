import type { UseFormReturn } from "react-hook-form";
import { useTranslation } from "react-i18next";

import { Controller } from "../../lib/form";
import { Checkbox } from "../../parts/Checkbox";
import { Field } from "../../parts/Field";
import { NumberInput } from "../../parts/NumberInput";
import { Select } from "../../parts/Select";
import { TextInput } from "../../parts/TextInput";
import { lives, type Rules } from "./rules";

/** Name and rules of a key: what it may ask for, how often and how long. */
export function RulesForm({ form, named }: { form: UseFormReturn<Rules>; named: string }) {
  const { t } = useTranslation();
  const { errors } = form.formState;
  const life = form.watch("life");
  return (
    <div className="flex flex-col gap-4">
      <Field label={t("keys.form.name")} hint={named} error={errors.name && t("keys.form.nameLong")}>
        {(control) => <TextInput {...control} {...form.register("name")} />}
      </Field>
      <Field label={t("keys.form.models")} hint={t("keys.form.modelsHint")}>
        {(control) => <TextInput {...control} {...form.register("models")} placeholder={t("keys.form.modelsAll")} className="font-mono" />}
      </Field>
      <div className="flex flex-wrap gap-4">
        <Field label={t("keys.form.life")}>
          {(control) => (
            <Controller
              control={form.control}
              name="life"
              render={({ field }) => (
                <Select
                  {...control}
                  value={field.value}
                  onChange={field.onChange}
                  options={lives.map((value) => ({ value, label: t(`keys.form.lives.${value}`) }))}
                />
              )}
            />
          )}
        </Field>
        {life === "date" && (
          <Field label={t("keys.form.date")} error={errors.date?.message}>
            {(control) => <TextInput {...control} {...form.register("date")} type="date" />}
          </Field>
        )}
      </div>
      <div className="flex flex-wrap gap-4">
        <Limit form={form} name="perMinute" label={t("keys.form.perMinute")} />
        <Limit form={form} name="perDay" label={t("keys.form.perDay")} />
      </div>
      <Controller
        control={form.control}
        name="record"
        render={({ field }) => (
          <Checkbox checked={field.value} onChange={field.onChange}>
            {t("keys.form.record")}
            <span className="block text-sm text-muted">{t("keys.form.recordHint")}</span>
          </Checkbox>
        )}
      />
    </div>
  );
}

function Limit({ form, name, label }: { form: UseFormReturn<Rules>; name: "perMinute" | "perDay"; label: string }) {
  const { t } = useTranslation();
  return (
    <Field label={label}>
      {(control) => (
        <Controller
          control={form.control}
          name={name}
          render={({ field }) => (
            <NumberInput {...control} value={field.value} onChange={field.onChange} min={1} max={1_000_000} placeholder={t("keys.form.unlimited")} />
          )}
        />
      )}
    </Field>
  );
}
