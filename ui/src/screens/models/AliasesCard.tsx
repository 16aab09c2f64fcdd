import { Plus, Trash2, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAction } from "../../lib/hooks";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import { Combobox, type Suggestion } from "../../parts/Combobox";
import { ErrorState } from "../../parts/ErrorState";
import { Field } from "../../parts/Field";
import { IconButton } from "../../parts/IconButton";
import { TextInput } from "../../parts/TextInput";
import { notify } from "../../parts/toast";
import { useModelActions } from "./actions";
import type { Models } from "./list";

/** Other names for models, for clients that know one name only. */
export function AliasesCard({ aliases, suggestions }: { aliases: Models["aliases"]; suggestions: readonly Suggestion[] }) {
  const { t } = useTranslation();
  const { setAlias, removeAlias } = useModelActions();
  const remove = async (alias: Models["aliases"][number]) => {
    try {
      await removeAlias(alias.name);
      notify.undo(t("models.alias.removed", { name: alias.name }), t("common.undo"), () => void setAlias(alias.name, alias.target));
    } catch (error) {
      notify.problem(t("models.changeFailed"), error);
    }
  };
  return (
    <Card title={t("models.alias.title")}>
      <p className="mb-3 text-sm text-muted">{t("models.alias.text")}</p>
      {aliases.length > 0 && (
        <ul className="mb-3 divide-y divide-line">
          {aliases.map((alias) => (
            <li key={alias.name} className="flex min-h-row flex-wrap items-center gap-x-3 py-1">
              <span className="min-w-0 flex-1 truncate font-mono text-sm">
                {alias.name} <span className="text-muted">→</span> {alias.target}
              </span>
              <IconButton icon={Trash2} label={t("models.alias.remove", { name: alias.name })} onClick={() => void remove(alias)} />
              {alias.problem && (
                <span className="flex basis-full items-center gap-1.5 text-sm text-warn">
                  <TriangleAlert className="size-3.5 shrink-0" aria-hidden />
                  {alias.problem}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      <NewAlias suggestions={suggestions} />
    </Card>
  );
}

function NewAlias({ suggestions }: { suggestions: readonly Suggestion[] }) {
  const { t } = useTranslation();
  const { setAlias } = useModelActions();
  const [name, setName] = useState("");
  const [target, setTarget] = useState("");
  const { busy, trouble, run } = useAction();
  const whole = name.trim() !== "" && target.trim() !== "";

  const add = async () => {
    if (!whole) return;
    await run(async () => {
      await setAlias(name.trim(), target.trim());
      setName("");
      setTarget("");
    });
  };

  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <div className="flex flex-wrap items-end gap-2">
        <Field label={t("models.alias.name")} className="flex-1 basis-36">
          {(control) => <TextInput {...control} value={name} onChange={(event) => setName(event.target.value)} placeholder="gpt-4o" />}
        </Field>
        <Field label={t("models.alias.target")} className="flex-1 basis-44">
          {(control) => <Combobox {...control} value={target} onChange={setTarget} suggestions={suggestions} />}
        </Field>
        <Button type="submit" busy={busy} disabledReason={whole ? null : t("models.alias.incomplete")}>
          <Plus aria-hidden />
          {t("models.alias.add")}
        </Button>
      </div>
      {trouble != null && <ErrorState compact title={t("models.alias.failed")} error={trouble} />}
    </form>
  );
}
