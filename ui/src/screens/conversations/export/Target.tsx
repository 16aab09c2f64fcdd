import { useTranslation } from "react-i18next";

import { formatNumber } from "../../../lib/format";
import { Field } from "../../../parts/Field";
import { Segmented } from "../../../parts/Segmented";
import { Select } from "../../../parts/Select";
import { TextInput } from "../../../parts/TextInput";
import type { Preset, Spec } from "../types";
import { hasColumns, presetGroups, type Scope, withPreset } from "./spec";

interface Props {
  spec: Spec;
  onSpec: (spec: Spec) => void;
  scope: Scope;
  onScope: (scope: Scope) => void;
  /** How many are chosen in the list, when any are. */
  chosen: number | undefined;
  /** How many are listed, when not all are. */
  matching: number | undefined;
  problem: "name" | "split" | undefined;
}

/** For which trainer, of which conversations, in which files. */
export function Target({ spec, onSpec, scope, onScope, chosen, matching, problem }: Props) {
  const { t } = useTranslation();
  const choosePreset = (preset: Preset) => onSpec(withPreset(spec, preset));
  const scopes: { value: Scope; label: string }[] = [
    { value: "approved", label: t("conversations.export.scope.approved") },
    ...(matching === undefined ? [] : [{ value: "listed" as const, label: t("conversations.export.scope.listed", { shown: formatNumber(matching) }) }]),
    ...(chosen === undefined ? [] : [{ value: "chosen" as const, label: t("conversations.export.scope.chosen", { shown: formatNumber(chosen) }) }]),
  ];
  return (
    <>
      <Field label={t("conversations.export.preset")} hint={t(`conversations.presetMeans.${spec.preset}`)}>
        {(control) => (
          <Select
            {...control}
            value={spec.preset}
            onChange={choosePreset}
            options={presetGroups.map(({ task, presets }) => ({
              label: t(`conversations.export.task.${task}`),
              options: presets.map((value) => ({ value, label: t(`conversations.preset.${value}`) })),
            }))}
          />
        )}
      </Field>
      {scopes.length > 1 && (
        <div className="flex flex-col items-start gap-1.5">
          <span className="text-sm font-medium">{t("conversations.export.scope.title")}</span>
          <Segmented label={t("conversations.export.scope.title")} value={scope} onChange={onScope} options={scopes} className="max-w-full overflow-x-auto" />
        </div>
      )}
      <div className="flex flex-wrap gap-4">
        <div className="flex flex-col items-start gap-1.5">
          <span className="text-sm font-medium">{t("conversations.export.format")}</span>
          <Segmented
            label={t("conversations.export.format")}
            value={spec.format}
            onChange={(format) => onSpec({ ...spec, format })}
            options={(["jsonl", "json", "parquet"] as const).map((value) => ({
              value,
              label: { jsonl: "JSONL", json: "JSON", parquet: "Parquet" }[value],
              disabled: value !== "jsonl" && !hasColumns(spec.preset),
            }))}
          />
        </div>
        <Field label={t("conversations.export.name")} className="min-w-40 flex-1" {...(problem === "name" && { error: t("conversations.export.problem.name") })}>
          {(control) => <TextInput {...control} value={spec.name} onChange={(event) => onSpec({ ...spec, name: event.target.value })} />}
        </Field>
      </div>
    </>
  );
}
