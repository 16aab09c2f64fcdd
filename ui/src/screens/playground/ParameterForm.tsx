import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/types";
import { formatNumber } from "../../lib/format";
import { Field } from "../../parts/Field";
import { Select } from "../../parts/Select";
import { TextArea, TextInput } from "../../parts/TextInput";
import type { ParameterName, Parameters, Problems } from "./draft";

interface Props {
  parameters: Parameters;
  problems: Problems;
  /** What is known of the model, for the values that count when nothing is set. */
  card: Schemas["ModelCard"] | undefined;
  onChange: (change: Partial<Parameters>) => void;
}

const efforts = ["none", "minimal", "low", "medium", "high", "xhigh"] as const;

/** The parameters of a request. What stays empty is not sent. */
export function ParameterForm({ parameters, problems, card, onChange }: Props) {
  const { t } = useTranslation();
  const usual = (value: number | null | undefined) =>
    value == null ? t("playground.parameters.usual") : t("playground.parameters.usualIs", { value });
  const most = card?.output_tokens;
  const known: readonly string[] = ["", ...efforts];
  const values = known.includes(parameters.effort) ? known : [...known, parameters.effort];
  const line = (name: Extract<ParameterName, "temperature" | "topP" | "maxTokens">, placeholder: string) => (
    <Field label={t(`playground.parameters.${name}`)} error={problem(name)}>
      {(control) => (
        <TextInput
          {...control}
          inputMode={name === "maxTokens" ? "numeric" : "decimal"}
          placeholder={placeholder}
          value={parameters[name]}
          onChange={(event) => onChange({ [name]: event.target.value })}
        />
      )}
    </Field>
  );
  const problem = (name: ParameterName) => {
    const what = problems[name];
    return what && t(`playground.problem.${what}`);
  };
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm text-muted">{t("playground.parameters.hint")}</p>
      <div className="grid grid-cols-2 gap-3">
        {line("temperature", usual(card?.default_temperature))}
        {line("topP", usual(card?.default_top_p))}
        {line("maxTokens", most == null ? t("playground.parameters.usual") : t("playground.parameters.most", { value: formatNumber(most) }))}
        <Field label={t("playground.parameters.effort")}>
          {(control) => (
            <Select
              {...control}
              value={parameters.effort}
              onChange={(effort) => onChange({ effort })}
              options={values.map((value) => ({ value, label: value === "" ? t("playground.parameters.usual") : value }))}
              className="min-w-0"
            />
          )}
        </Field>
      </div>
      <Field label={t("playground.parameters.stop")} hint={t("playground.parameters.stopHint")}>
        {(control) => (
          <TextArea {...control} rows={2} value={parameters.stop} onChange={(event) => onChange({ stop: event.target.value })} />
        )}
      </Field>
      <Field label={t("playground.parameters.other")} hint={t("playground.parameters.otherHint")} error={problem("other")}>
        {(control) => (
          <TextArea
            {...control}
            rows={2}
            spellCheck={false}
            placeholder={'{ "seed": 7 }'}
            value={parameters.other}
            onChange={(event) => onChange({ other: event.target.value })}
            className="font-mono text-sm"
          />
        )}
      </Field>
    </div>
  );
}
