import { useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { useAction } from "../../lib/hooks";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import { CodeBlock } from "../../parts/CodeBlock";
import { Combobox, type Suggestion } from "../../parts/Combobox";
import { Field } from "../../parts/Field";
import { Notice } from "../../parts/Notice";
import { TextInput } from "../../parts/TextInput";
import { notify } from "../../parts/toast";
import { masked } from "./clients";

interface Props {
  base: string;
  /** Whether clients need no key. */
  open: boolean;
  secret: string | null;
  onSecret: (secret: string | null) => void;
  model: string;
  onModel: (model: string) => void;
  suggestions: readonly Suggestion[];
  /** The client that a new key is named after. */
  client: string;
}

/** What every client is told: address, key and model. */
export function ValuesCard({ base, open, secret, onSecret, model, onModel, suggestions, client: name }: Props) {
  const { t } = useTranslation();
  return (
    <Card title={t("connect.values.title")}>
      <div className="grid gap-4 md:grid-cols-2">
        <CodeBlock label={t("connect.values.base")} code={base} />
        <Field label={t("connect.values.model")}>
          {(control) => <Combobox {...control} value={model} onChange={onModel} suggestions={suggestions} className="font-mono" />}
        </Field>
        <div className="md:col-span-2">
          <Key open={open} secret={secret} onSecret={onSecret} name={name} />
        </div>
      </div>
    </Card>
  );
}

function Key({ open, secret, onSecret, name }: { open: boolean; secret: string | null; onSecret: (secret: string | null) => void; name: string }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { busy, run } = useAction();
  const [made, setMade] = useState(false);
  const create = async () => {
    const answered = await answer(client.POST("/api/keys", { body: { name: await freeName(name) } }));
    if (answered.secret) onSecret(answered.secret);
    setMade(true);
    await Promise.all([queries.invalidateQueries({ queryKey: ["keys"] }), queries.invalidateQueries({ queryKey: ["server"] })]);
  };
  const press = () => run(create, (error) => notify.problem(t("connect.values.keyFailed"), error));
  if (secret && made) {
    return (
      <div className="flex flex-col gap-2">
        <CodeBlock label={t("connect.values.key")} code={masked(secret)} copy={secret} />
        <p className="text-sm text-muted">{t("connect.values.once")}</p>
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-3">
      {open && <Notice tone="info">{t("connect.values.open")}</Notice>}
      <div className="flex flex-wrap items-end gap-3">
        {!open && (
          <Field label={t("connect.values.key")} hint={t("connect.values.keyHint")} className="flex-1 basis-64">
            {(control) => (
              <TextInput {...control} type="password" value={secret ?? ""} onChange={(event) => onSecret(event.target.value || null)} />
            )}
          </Field>
        )}
        <Button busy={busy} onClick={() => void press()} className={open ? "" : "mb-7"}>
          <KeyRound aria-hidden />
          {t("connect.values.create", { name })}
        </Button>
      </div>
    </div>
  );
}

/** The client's name, or with the first number that makes it a new one. */
async function freeName(name: string): Promise<string> {
  const { keys } = await answer(client.GET("/api/keys"));
  const taken = new Set(keys.map((key) => key.name));
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name} ${number}`;
  return free;
}
