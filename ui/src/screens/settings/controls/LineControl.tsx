import { type KeyboardEvent, useEffect, useRef, useState } from "react";

import { cn } from "../../../lib/cn";
import { TextInput } from "../../../parts/TextInput";
import type { ControlProps } from "./Control";

/** What a line means: a value to be saved, or why it is none. */
export type Reading = { value: unknown } | { wrong: string };

interface Props extends ControlProps {
  /** The value in force, as one writes it. */
  shown: string;
  read: (text: string) => Reading;
  /** What a number counts, behind it. */
  unit?: string | undefined;
  inputMode?: "decimal" | "numeric";
  placeholder?: string;
  className?: string;
}

/** A line that is saved when it is left or Enter is pressed. What was not taken stays as it was written; Esc takes it back. */
export function LineControl({ saving, field, shown, read, unit, className, ...rest }: Props) {
  const [draft, setDraft] = useState(shown);
  const [saved, setSaved] = useState(0);
  const tried = useRef<string | null>(null);
  useEffect(() => {
    tried.current = null;
    setDraft(shown);
  }, [shown, saved]);

  const commit = async (again: boolean) => {
    const text = draft.trim();
    if (text === shown) return takeBack();
    if (text === tried.current && !again) return;
    tried.current = text;
    const reading = read(text);
    if ("wrong" in reading) return saving.object(reading.wrong);
    // The server may have written it in another way.
    if (await saving.save(reading.value)) setSaved((count) => count + 1);
  };
  const takeBack = () => {
    tried.current = null;
    setDraft(shown);
    saving.forgive();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") void commit(true);
    if (event.key !== "Escape" || draft === shown) return;
    event.preventDefault();
    takeBack();
  };
  return (
    <span className="relative flex w-full">
      <TextInput
        {...rest}
        {...field}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => void commit(false)}
        onKeyDown={onKeyDown}
        className={cn(unit && "pr-18", className)}
      />
      {unit && <span className="pointer-events-none absolute inset-y-0 right-2.5 flex items-center text-sm text-muted">{unit}</span>}
    </span>
  );
}
