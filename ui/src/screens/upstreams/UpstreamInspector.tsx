import { Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Controller, useForm, z, zodResolver } from "../../lib/form";
import { formatMoment } from "../../lib/format";
import { Button } from "../../parts/Button";
import { Facts } from "../../parts/Facts";
import { Field } from "../../parts/Field";
import { Inspector } from "../../parts/Inspector";
import { Notice } from "../../parts/Notice";
import { NumberInput } from "../../parts/NumberInput";
import { TextInput } from "../../parts/TextInput";
import { modelsOf } from "../keys/rules";
import { useUpstreamChange } from "./change";
import { Keys } from "./Keys";
import { ModelList } from "./ModelList";
import { UpstreamBadge } from "./useColumns";
import type { Upstream } from "./words";

interface Props {
  of: Upstream;
  onClose: () => void;
  onDelete: () => void;
}

/** One provider: its keys, its models, and how it is used. */
export function UpstreamInspector({ of, onClose, onDelete }: Props) {
  const { t } = useTranslation();
  const facts: [string, React.ReactNode][] = [
    [t("upstreams.column.state"), <UpstreamBadge key="state" of={of} />],
    [t("upstreams.column.kind"), t(`upstreams.kind.${of.kind}`)],
    [t("upstreams.column.host"), <code key="host" className="font-mono">{of.host}</code>],
  ];
  if (of.models_read_at) facts.push([t("upstreams.fact.read"), formatMoment(of.models_read_at * 1000)]);
  return (
    <Inspector title={of.name} onClose={onClose}>
      <div className="flex flex-col gap-6">
        <Facts facts={facts} />
        {of.problem && of.enabled && (
          <Notice tone="warn" title={of.problem}>
            {of.action}
          </Notice>
        )}
        <Keys of={of} />
        <ModelList of={of} />
        <Choices of={of} />
        <section className="border-t border-line pt-4">
          <Button look="danger" onClick={onDelete}>
            <Trash2 aria-hidden />
            {t("upstreams.action.delete")}
          </Button>
        </section>
      </div>
    </Inspector>
  );
}

const choices = z.object({
  address: z.string().trim(),
  models: z.string(),
  order: z.number().int().min(0).max(1000).nullable(),
  atOnce: z.number().int().min(0).max(1000).nullable(),
});

type Chosen = z.infer<typeof choices>;

const chosenOf = (of: Upstream): Chosen => ({
  address: of.base_url,
  models: of.models.join(", "),
  order: of.order,
  atOnce: of.max_at_once || null,
});

/** Where it is, what it offers, its place among the others and how much a key is asked at once. */
function Choices({ of }: { of: Upstream }) {
  const { t } = useTranslation();
  const change = useUpstreamChange(of.name);
  const form = useForm<Chosen>({ resolver: zodResolver(choices), values: chosenOf(of), resetOptions: { keepDirtyValues: true } });
  const { isDirty, isSubmitting } = form.formState;
  const save = form.handleSubmit(async ({ address, models, order, atOnce }) => {
    const done = await change(
      { base_url: address, models: modelsOf(models), order: order ?? 100, max_at_once: atOnce ?? 0 },
      { said: t("upstreams.saved", { name: of.name }) },
    );
    if (done) form.reset({ address, models, order: order ?? 100, atOnce });
  });
  return (
    <form onSubmit={(event) => void save(event)} noValidate className="flex flex-col gap-4 border-t border-line pt-4">
      <h3 className="font-semibold">{t("upstreams.choices")}</h3>
      <Field label={t("upstreams.form.address")} hint={t("upstreams.form.addressMoves")}>
        {(control) => <TextInput {...control} {...form.register("address")} placeholder={t("upstreams.form.addressUsual")} className="font-mono" spellCheck={false} />}
      </Field>
      <Field label={t("upstreams.form.models")} hint={t("upstreams.form.modelsHint")}>
        {(control) => <TextInput {...control} {...form.register("models")} placeholder={t("upstreams.form.modelsAll")} className="font-mono" spellCheck={false} />}
      </Field>
      <div className="flex flex-wrap gap-4">
        {(["order", "atOnce"] as const).map((name) => (
          <Field key={name} label={t(`upstreams.form.${name}`)} hint={t(`upstreams.form.${name}Hint`)} className="basis-44">
            {(control) => (
              <Controller
                control={form.control}
                name={name}
                render={({ field }) => (
                  <NumberInput {...control} value={field.value} onChange={field.onChange} max={1000} placeholder={t(name === "order" ? "upstreams.form.orderUsual" : "upstreams.form.unlimited")} />
                )}
              />
            )}
          </Field>
        ))}
      </div>
      {isDirty && (
        <div className="flex gap-2">
          <Button type="submit" look="primary" busy={isSubmitting}>{t("common.save")}</Button>
          <Button onClick={() => form.reset(chosenOf(of))}>{t("common.cancel")}</Button>
        </div>
      )}
    </form>
  );
}
