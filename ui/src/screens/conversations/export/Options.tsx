import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useMedia } from "../../../lib/hooks";
import { Checkbox } from "../../../parts/Checkbox";
import { Field } from "../../../parts/Field";
import { Select } from "../../../parts/Select";
import { TextArea, TextInput } from "../../../parts/TextInput";
import type { Spec } from "../types";
import { redactionActions } from "../detail/redact";
import { isWhole } from "./spec";

interface Props {
  spec: Spec;
  onSpec: (spec: Spec) => void;
  folder: string;
  onFolder: (folder: string) => void;
  problem: "name" | "split" | undefined;
}

const limits = ["last_turns", "result_chars", "max_tokens", "max_records"] as const;
const switches = ["calls_only", "trim", "cut_off", "invalid_file"] as const;

/** What is made of the conversations on their way out. */
export function Options({ spec, onSpec, folder, onFolder, problem }: Props) {
  const { t } = useTranslation();
  const set = (change: Partial<Spec>) => onSpec({ ...spec, ...change });
  const system = typeof spec.system === "string" ? spec.system : "replace";
  const duplicates = (["keep", "exact", "near"] as const).map((value) => ({ value, label: t(`conversations.export.duplicates.${value}`) }));
  const reasoning = (["keep", "strip", "last_only"] as const).map((value) => ({ value, label: t(`conversations.export.reasoning.${value}`) }));
  const systems = (["keep", "strip", "replace"] as const).map((value) => ({ value, label: t(`conversations.export.system.${value}`) }));
  const tools = (["stored", "derive", "none"] as const).map((value) => ({ value, label: t(`conversations.export.tools.${value}`) }));
  const results = (["tags", "list"] as const).map((value) => ({ value, label: t(`conversations.export.results.${value}`) }));
  const redactions = ([...redactionActions, "off"] as const).map((value) => ({
    value,
    label: t(`conversations.export.redaction.${value}`),
    disabled: spec.preset === "raw" && value !== "off",
  }));
  // In one column the preview is worth more than what rarely changes.
  const roomy = useMedia("(min-width: 64rem)");
  const whole = isWhole(spec.preset);
  return (
    <details className="group/options rounded-md border border-line" open={roomy && !whole}>
      <summary className="min-h-9 rounded-md px-3 py-1.5 font-medium outline-offset-[-2px] hover:bg-hover">{t("conversations.export.options")}</summary>
      <div className="flex flex-col gap-3.5 px-3 pt-1 pb-3">
        <div className="grid grid-cols-2 gap-3">
          {(["validation", "test"] as const).map((part) => (
            <Field key={part} label={t(`conversations.export.split.${part}`)} {...(problem === "split" && part === "test" && { error: t("conversations.export.problem.split") })}>
              {(control) => <Amount {...control} value={spec.split[part]} most={99} onChange={(value) => set({ split: { ...spec.split, [part]: value ?? 0 } })} />}
            </Field>
          ))}
          <Field label={t("conversations.export.redaction.title")} className="col-span-2">
            {(control) => (
              <Select
                {...control}
                value={spec.redaction?.action ?? (spec.redaction ? "placeholder" : "off")}
                onChange={(action) => set({ redaction: action === "off" ? null : { ...spec.redaction, action } })}
                options={redactions}
              />
            )}
          </Field>
          <Field label={t("conversations.export.duplicates.title")}>
            {(control) => <Select {...control} value={spec.duplicates} onChange={(value) => set({ duplicates: value })} options={duplicates} />}
          </Field>
          <Field label={t("conversations.export.reasoning.title")}>
            {(control) => <Select {...control} value={spec.reasoning} onChange={(value) => set({ reasoning: value })} options={reasoning} />}
          </Field>
          <Field label={t("conversations.export.system.title")}>
            {(control) => (
              <Select
                {...control}
                value={system}
                onChange={(next) => set({ system: next === "replace" ? { replace: "" } : next })}
                options={systems}
              />
            )}
          </Field>
          <Field label={t("conversations.export.tools.title")}>
            {(control) => <Select {...control} value={spec.tools} onChange={(value) => set({ tools: value })} options={tools} />}
          </Field>
          {limits.map((name) => (
            <Field key={name} label={t(`conversations.export.limit.${name}`)}>
              {(control) => <Amount {...control} value={spec[name] ?? undefined} onChange={(value) => set({ [name]: value ?? null })} />}
            </Field>
          ))}
          {spec.preset.startsWith("llama_factory") && (
            <Field label={t("conversations.export.results.title")} className="col-span-2">
              {(control) => <Select {...control} value={spec.results} onChange={(value) => set({ results: value })} options={results} />}
            </Field>
          )}
        </div>
        {typeof spec.system !== "string" && (
          <Field label={t("conversations.export.system.text")}>
            {(control) => <TextArea {...control} value={typeof spec.system === "string" ? "" : spec.system.replace} onChange={(event) => set({ system: { replace: event.target.value } })} />}
          </Field>
        )}
        <div className="flex flex-col gap-1.5">
          {switches.map((name) => (
            <Checkbox key={name} checked={spec[name]} onChange={(on) => set({ [name]: on })}>
              {t(`conversations.export.switch.${name}`)}
            </Checkbox>
          ))}
        </div>
        <Field label={t("conversations.export.folder")} hint={t("conversations.export.folderHint")}>
          {(control) => <TextInput {...control} value={folder} onChange={(event) => onFolder(event.target.value)} />}
        </Field>
      </div>
    </details>
  );
}

/** A whole number, or none. */
function Amount({ value, most, onChange, ...rest }: { value: number | undefined; most?: number; onChange: (value: number | undefined) => void; id: string }) {
  const { t } = useTranslation();
  const [text, setText] = useState(value ? String(value) : "");
  return (
    <TextInput
      {...rest}
      inputMode="numeric"
      placeholder={most === undefined ? t("conversations.export.limit.none") : "0"}
      value={text}
      onChange={(event) => {
        const digits = event.target.value.replace(/\D/g, "").slice(0, 9);
        const number = most !== undefined && Number(digits) > most ? String(most) : digits;
        setText(number);
        onChange(number === "" || number === "0" ? undefined : Number(number));
      }}
    />
  );
}
