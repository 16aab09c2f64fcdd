import { type ComponentProps, type KeyboardEvent, useEffect, useRef, useState } from "react";

import { cn } from "../lib/cn";
import { TextInput } from "./TextInput";

interface Props extends Omit<ComponentProps<"input">, "value" | "onChange" | "min" | "max"> {
  /** The number; `null` while there is none. */
  value: number | null;
  /** Called when a number that fits was written and left (or Enter pressed). */
  onChange: (value: number | null) => void;
  min?: number;
  max?: number;
  /** Whether fractions are numbers here too. */
  fractions?: boolean;
  /** What it counts, behind the number. */
  unit?: string;
}

/** A number, written as text: no wheel and no hidden rounding. What is no number within the limits falls back on leaving. */
export function NumberInput({ value, onChange, min = 0, max = Number.MAX_SAFE_INTEGER, fractions, unit, className, ...rest }: Props) {
  const [draft, setDraft] = useState(value?.toString() ?? "");
  // Whoever presses Enter and leaves then says the number once, also while its answer is still on its way.
  const unsaid = useRef(false);
  useEffect(() => setDraft(value?.toString() ?? ""), [value]);

  const write = (text: string) => {
    unsaid.current = true;
    setDraft(text);
  };
  const commit = () => {
    unsaid.current = false;
    const text = draft.trim();
    const number = text === "" ? null : Number(text);
    const fits = number === null || (number >= min && number <= max && (fractions || Number.isInteger(number)));
    if (!fits) return setDraft(value?.toString() ?? "");
    if (number !== value) onChange(number);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") commit();
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!step || fractions) return;
    event.preventDefault();
    write(String(Math.min(max, Math.max(min, (Number(draft) || 0) + step))));
  };

  return (
    <span className={cn("relative inline-flex w-36", className)}>
      <TextInput
        {...rest}
        inputMode={fractions ? "decimal" : "numeric"}
        value={draft}
        onChange={(event) => write(event.target.value)}
        onBlur={() => unsaid.current && commit()}
        onKeyDown={onKeyDown}
        className={cn("tabular", unit && "pr-16")}
      />
      {unit && <span className="pointer-events-none absolute inset-y-0 right-2.5 flex items-center text-sm text-muted">{unit}</span>}
    </span>
  );
}
