import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAction } from "../lib/hooks";
import { Button } from "./Button";
import { ErrorState } from "./ErrorState";
import { Field } from "./Field";
import { TextInput } from "./TextInput";

interface FieldProps {
  value: string;
  onChange: (value: string) => void;
  hint: string;
}

/** Where a way out of one's own is written: a proxy, `direct`, `system`, or nothing for that of all. */
export function WayOutField({ value, onChange, hint }: FieldProps) {
  const { t } = useTranslation();
  return (
    <Field label={t("common.wayOut.label")} hint={hint}>
      {(control) => (
        <TextInput {...control} value={value} onChange={(event) => onChange(event.target.value)} placeholder={t("common.wayOut.usual")} className="font-mono" />
      )}
    </Field>
  );
}

interface Props {
  /** The way in force; a proxy without its name and password. */
  value: string;
  hint: string;
  onSave: (value: string) => Promise<void>;
}

/** Gives an account or a key a way out of its own. What was written stays when that cannot be. */
export function WayOut({ value, hint, onSave }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const { busy, trouble, run } = useAction();
  const changed = text.trim() !== value;
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (changed) void run(() => onSave(text.trim()));
      }}
    >
      <WayOutField value={text} onChange={setText} hint={hint} />
      {changed && (
        <Button type="submit" className="self-start" busy={busy}>
          {t("common.save")}
        </Button>
      )}
      {trouble != null && <ErrorState compact title={t("common.wayOut.failed")} error={trouble} />}
    </form>
  );
}
