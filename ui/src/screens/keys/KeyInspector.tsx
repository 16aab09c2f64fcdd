import { useQueryClient } from "@tanstack/react-query";
import { RefreshCw, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import { useForm, zodResolver } from "../../lib/form";
import { formatMoment, formatNumber } from "../../lib/format";
import { Button } from "../../parts/Button";
import { ErrorState } from "../../parts/ErrorState";
import { Facts } from "../../parts/Facts";
import { Inspector } from "../../parts/Inspector";
import { notify } from "../../parts/toast";
import { KeyBadge } from "./KeyBadge";
import { type Key, type Rules, rules, rulesOf, said } from "./rules";
import { RulesForm } from "./RulesForm";

interface Props {
  of: Key;
  onClose: () => void;
  onRotate: () => void;
  onDelete: () => void;
}

/** One key: what is known of it, and its rules. */
export function KeyInspector({ of, onClose, onRotate, onDelete }: Props) {
  const { t } = useTranslation();
  return (
    <Inspector title={of.name} onClose={onClose}>
      <div className="flex flex-col gap-6">
        <KeyFacts of={of} />
        <Change key={of.id} of={of} />
        <section className="flex flex-wrap gap-2 border-t border-line pt-4">
          <Button onClick={onRotate}>
            <RefreshCw aria-hidden />
            {t("keys.action.rotate")}
          </Button>
          <Button look="danger" onClick={onDelete}>
            <Trash2 aria-hidden />
            {t("keys.action.delete")}
          </Button>
        </section>
      </div>
    </Inspector>
  );
}

function KeyFacts({ of }: { of: Key }) {
  const { t } = useTranslation();
  const moment = (seconds: number | null | undefined) => (seconds ? formatMoment(seconds * 1000) : t("keys.never"));
  const facts: [string, React.ReactNode][] = [
    [t("keys.column.state"), <KeyBadge key="state" of={of} />],
    [t("keys.column.secret"), <code key="secret" className="font-mono">{of.masked}</code>],
    [t("keys.fact.created"), moment(of.created_at)],
    [t("keys.column.used"), moment(of.last_used_at)],
    [t("keys.column.requests"), formatNumber(of.requests)],
  ];
  if (of.old_until) facts.push([t("keys.fact.old"), t("keys.fact.oldUntil", { moment: moment(of.old_until) })]);
  return <Facts facts={facts} />;
}

function Change({ of }: { of: Key }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [trouble, setTrouble] = useState<unknown>(null);
  const form = useForm<Rules>({ resolver: zodResolver(rules), values: rulesOf(of), resetOptions: { keepDirtyValues: true } });
  const { isDirty, isSubmitting } = form.formState;

  const save = form.handleSubmit(async (values) => {
    setTrouble(null);
    try {
      const body = { ...said(values), ...(values.name && { name: values.name }) };
      await answer(client.PATCH("/api/keys/{id}", { params: { path: { id: of.id } }, body }));
      await queries.invalidateQueries(read.keys());
      form.reset(values);
      notify.done(t("keys.saved", { name: values.name || of.name }));
    } catch (error) {
      setTrouble(error);
    }
  });

  return (
    <form onSubmit={(event) => void save(event)} noValidate className="flex flex-col gap-4">
      <h3 className="font-semibold">{t("keys.rules")}</h3>
      <RulesForm form={form} named="" />
      {trouble != null && <ErrorState compact title={t("keys.saveFailed")} error={trouble} />}
      {isDirty && (
        <div className="flex gap-2">
          <Button type="submit" look="primary" busy={isSubmitting}>{t("common.save")}</Button>
          <Button onClick={() => form.reset(rulesOf(of))}>{t("common.cancel")}</Button>
        </div>
      )}
    </form>
  );
}
