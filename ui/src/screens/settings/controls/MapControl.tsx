import { Plus, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAction } from "../../../lib/hooks";
import { Button } from "../../../parts/Button";
import { IconButton } from "../../../parts/IconButton";
import { TextInput } from "../../../parts/TextInput";
import { pairsIn } from "../words";
import type { NamedControlProps } from "./Control";
import { LineControl } from "./LineControl";

/** Names with a text each. */
export function MapControl({ setting, saving, field, name }: NamedControlProps) {
  const { t } = useTranslation();
  const pairs = pairsIn(setting.value);
  const { id, ...shared } = field;
  const changed = (of: string, text: string | null) =>
    Object.fromEntries(pairs.flatMap(([name, old]) => (name !== of ? [[name, old]] : text ? [[name, text]] : [])));
  return (
    <div className="flex w-full max-w-2xl flex-col gap-1.5 self-start">
      {pairs.map(([of, text], index) => (
        <div key={of} role="group" aria-label={of} className="flex items-center gap-1.5">
          <span className="min-w-0 flex-1 truncate font-mono text-sm [font-variant-ligatures:none]">{of}</span>
          <span aria-hidden className="text-muted">
            →
          </span>
          <div className="min-w-0 flex-1">
            <LineControl
              setting={setting}
              saving={saving}
              field={{ ...shared, id: `${id}-${index}`, "aria-label": t("settings.map.target", { name: of }) }}
              shown={text}
              read={(next) => ({ value: changed(of, next) })}
              className="font-mono text-sm [font-variant-ligatures:none]"
            />
          </div>
          <IconButton
            icon={X}
            label={t("settings.list.remove", { text: of })}
            disabled={field.disabled}
            onClick={() => void saving.save(changed(of, null))}
          />
        </div>
      ))}
      {!field.disabled && (
        <NewPair field={field} name={name} add={(of, text) => saving.save({ ...Object.fromEntries(pairs), [of]: text })} />
      )}
    </div>
  );
}

interface NewPairProps {
  field: NamedControlProps["field"];
  name: string;
  /** Adds a pair; tells whether it was taken. */
  add: (of: string, text: string) => Promise<boolean>;
}

function NewPair({ field, name, add }: NewPairProps) {
  const { t } = useTranslation();
  const { id, ...shared } = field;
  const [draft, setDraft] = useState({ of: "", text: "" });
  const { busy, run } = useAction();
  const [of, text] = [draft.of.trim(), draft.text.trim()];
  const submit = async () => {
    if (!of || !text) return;
    await run(async () => {
      if (await add(of, text)) setDraft({ of: "", text: "" });
    });
  };
  return (
    <form
      className="flex flex-wrap items-center gap-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <TextInput
        {...shared}
        id={id}
        aria-label={t("settings.map.newName", { name })}
        placeholder={t("settings.map.name")}
        value={draft.of}
        onChange={(event) => setDraft({ ...draft, of: event.target.value })}
        className="flex-1 basis-36 font-mono text-sm [font-variant-ligatures:none]"
      />
      <span aria-hidden className="text-muted">
        →
      </span>
      <TextInput
        {...shared}
        aria-label={t("settings.map.newText", { name })}
        placeholder={t("settings.map.text")}
        value={draft.text}
        onChange={(event) => setDraft({ ...draft, text: event.target.value })}
        className="flex-1 basis-36 font-mono text-sm [font-variant-ligatures:none]"
      />
      <Button type="submit" busy={busy} disabledReason={of && text ? null : t("settings.map.empty")}>
        <Plus aria-hidden />
        {t("settings.list.add")}
      </Button>
    </form>
  );
}
