import { SlidersHorizontal, X } from "lucide-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../parts/Button";
import { Combobox } from "../../parts/Combobox";
import { ErrorState } from "../../parts/ErrorState";
import { Popover } from "../../parts/Popover";
import { Switch } from "../../parts/Switch";
import { Toolbar } from "../../parts/Toolbar";
import { emptyParameters, type ParameterName, problems } from "./draft";
import { ParameterForm } from "./ParameterForm";
import { useBench } from "./theBench";
import type { Models } from "./useModels";

const names: readonly ParameterName[] = ["temperature", "topP", "maxTokens", "stop", "effort", "other"];

/** Who is asked and how: the model, and a chip for every parameter that is set. */
export function SetupBar({ models }: { models: Models }) {
  const { t } = useTranslation();
  const { bench, state } = useBench();
  const streams = useId();
  const { model, parameters } = state.draft;
  const wrong = problems(parameters);
  const set = names.filter((name) => parameters[name].trim() !== "");
  const change = (next: Partial<typeof parameters>) => bench.edit({ parameters: { ...parameters, ...next } });

  return (
    <>
      <Toolbar label={t("playground.setup")} className="px-6 pb-2">
        <Combobox
          aria-label={t("playground.model.label")}
          placeholder={t("playground.model.label")}
          value={model}
          onChange={(next) => bench.edit({ model: next })}
          suggestions={models.suggestions}
          className="w-72 max-w-full"
        />
        <Popover
          label={t("playground.parameters.title")}
          className="max-h-(--radix-popover-content-available-height) w-88 overflow-auto"
          trigger={
            <Button>
              <SlidersHorizontal aria-hidden />
              {t("playground.parameters.title")}
            </Button>
          }
        >
          <ParameterForm parameters={parameters} problems={wrong} card={models.card} onChange={change} />
        </Popover>
        <span className="inline-flex items-center gap-2 text-sm">
          <Switch id={streams} checked={parameters.stream} onChange={(stream) => change({ stream })} />
          <label htmlFor={streams}>{t("playground.parameters.stream")}</label>
        </span>
        {set.map((name) => (
          <Chip
            key={name}
            name={t(`playground.parameters.${name}`)}
            value={name === "other" ? "" : parameters[name].trim().replaceAll("\n", ", ")}
            wrong={wrong[name] !== undefined}
            onClear={() => change({ [name]: emptyParameters[name] })}
          />
        ))}
      </Toolbar>
      {models.error !== null && models.suggestions.length === 0 && (
        <div className="px-6 pb-2">
          <ErrorState compact title={t("playground.model.failed")} error={models.error} />
        </div>
      )}
    </>
  );
}

interface ChipProps {
  name: string;
  value: string;
  wrong: boolean;
  onClear: () => void;
}

/** A parameter that is set; its button takes it back. */
function Chip({ name, value, wrong, onClear }: ChipProps) {
  const { t } = useTranslation();
  return (
    <span
      className={`inline-flex h-7 max-w-60 items-center gap-1 rounded-full border pr-0.5 pl-2.5 text-sm ${wrong ? "border-bad text-bad" : "border-line bg-sunken"}`}
    >
      <span className="truncate">{value ? `${name}: ${value}` : name}</span>
      <button
        type="button"
        onClick={onClear}
        aria-label={t("playground.parameters.unset", { name })}
        className="grid size-6 shrink-0 place-items-center rounded-full text-muted hover:bg-hover hover:text-ink"
      >
        <X className="size-3.5" aria-hidden />
      </button>
    </span>
  );
}
