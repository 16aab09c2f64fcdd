import { useTranslation } from "react-i18next";

import { formatDuration, formatNumber } from "../../../lib/format";
import type { Kind } from "../model";
import { amount, inMebi, MEBI } from "../words";
import type { ControlProps } from "./Control";
import { LineControl, type Reading } from "./LineControl";

type IntegerKind = Extract<Kind, { type: "integer" }>;

/** A whole number with its unit. Sizes are written in MiB, with the exact bytes beside them. */
export function NumberControl({ kind, ...props }: ControlProps & { kind: IntegerKind }) {
  const { t } = useTranslation();
  const { min, max, unit } = kind;
  const value = Number(props.setting.value);
  const bytes = unit === "bytes";
  const read = (text: string): Reading => {
    const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    const exact = bytes ? Math.round(number * MEBI) : number;
    if (Number.isInteger(exact) && exact >= min && exact <= max) return { value: exact };
    return { wrong: t(bytes ? "settings.wrong.size" : "settings.wrong.number", { min: limit(min, unit), max: limit(max, unit) }) };
  };
  const units = { milliseconds: t("settings.unit.milliseconds"), seconds: t("settings.unit.seconds"), days: t("settings.unit.days"), bytes: "MiB", count: undefined, port: undefined };
  const note = noteOf(value, unit);
  return (
    <>
      <LineControl
        {...props}
        shown={String(bytes ? inMebi(value) : value)}
        read={read}
        unit={units[unit]}
        inputMode={bytes ? "decimal" : "numeric"}
        className="tabular"
      />
      {note && <span className="tabular text-xs text-muted">{note}</span>}
    </>
  );

  function noteOf(value: number, unit: IntegerKind["unit"]): string | null {
    if (unit === "bytes") return t("settings.value.exactly", { bytes: formatNumber(value) });
    return unit === "seconds" && value >= 60 ? `= ${formatDuration(value * 1000)}` : null;
  }
}

/** A bound as one writes it: seconds and days as the plain numbers that are asked for. */
const limit = (value: number, unit: IntegerKind["unit"]): string =>
  unit === "bytes" || unit === "port" ? amount(value, unit) : formatNumber(value);
