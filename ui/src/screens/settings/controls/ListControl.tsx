import { Plus, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAction } from "../../../lib/hooks";
import { Button } from "../../../parts/Button";
import { IconButton } from "../../../parts/IconButton";
import { TextInput } from "../../../parts/TextInput";
import { textsIn } from "../words";
import type { NamedControlProps } from "./Control";
import { LineControl } from "./LineControl";

/** Several texts, one per line. An emptied line goes away. */
export function ListControl({ setting, saving, field, name }: NamedControlProps) {
  const { t } = useTranslation();
  const texts = textsIn(setting.value);
  const { id, ...shared } = field;
  const withLine = (index: number, text: string) =>
    texts.flatMap((old, at) => (at !== index ? [old] : text === "" ? [] : [text]));
  return (
    <div className="flex w-full max-w-xl flex-col gap-1.5 self-start">
      {texts.map((text, index) => (
        <div key={index} className="flex items-center gap-1.5">
          <LineControl
            setting={setting}
            saving={saving}
            field={{ ...shared, id: `${id}-${index}`, "aria-label": t("settings.list.line", { name, number: index + 1 }) }}
            shown={text}
            read={(next) => ({ value: withLine(index, next) })}
            className="font-mono text-sm [font-variant-ligatures:none]"
          />
          <IconButton
            icon={X}
            label={t("settings.list.remove", { text })}
            disabled={field.disabled}
            onClick={() => void saving.save(withLine(index, ""))}
          />
        </div>
      ))}
      {!field.disabled && <NewLine field={field} name={name} add={(text) => saving.save([...texts, text])} />}
    </div>
  );
}

interface NewLineProps {
  field: NamedControlProps["field"];
  name: string;
  /** Adds a text; tells whether it was taken. */
  add: (text: string) => Promise<boolean>;
}

function NewLine({ field, name, add }: NewLineProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState("");
  const { busy, run } = useAction();
  const text = draft.trim();
  const submit = async () => {
    if (!text) return;
    await run(async () => {
      if (await add(text)) setDraft("");
    });
  };
  return (
    <form
      className="flex items-center gap-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <TextInput
        {...field}
        aria-label={t("settings.list.new", { name })}
        placeholder={t("settings.list.placeholder")}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        className="font-mono text-sm [font-variant-ligatures:none]"
      />
      <Button type="submit" busy={busy} disabledReason={text ? null : t("settings.list.empty")}>
        <Plus aria-hidden />
        {t("settings.list.add")}
      </Button>
    </form>
  );
}
