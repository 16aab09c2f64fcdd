import { Popover } from "radix-ui";
import { type KeyboardEvent, useId, useState } from "react";

import { cn } from "../lib/cn";
import type { FieldControl } from "./Field";
import { TextInput } from "./TextInput";

/** Something a [`Combobox`] suggests. */
export interface Suggestion {
  value: string;
  /** What is said beside it. */
  note?: string;
}

interface Props extends Partial<FieldControl> {
  value: string;
  onChange: (value: string) => void;
  suggestions: readonly Suggestion[];
  placeholder?: string;
  "aria-label"?: string;
  className?: string;
}

/** A text with suggestions; anything may be written. Keys that belong to an input method are left to it. */
export function Combobox({ value, onChange, suggestions, className, ...rest }: Props) {
  const list = useId();
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const [typed, setTyped] = useState(false);
  const wanted = value.trim().toLowerCase();
  // Whoever opens the list without typing wants to see everything.
  const matching = typed ? suggestions.filter((one) => one.value.toLowerCase().includes(wanted)) : suggestions;
  const fitting = matching.slice(0, 200);
  const shown = open && fitting.length > 0;

  const take = (suggestion: Suggestion) => {
    onChange(suggestion.value);
    close();
  };
  const close = () => {
    setOpen(false);
    setTyped(false);
    setAt(-1);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const current = fitting[at];
    if (step) {
      setOpen(true);
      setAt(shown ? (at + step + fitting.length) % fitting.length : 0);
    } else if (event.key === "Enter" && shown && current) take(current);
    else if (event.key === "Escape" && shown) close();
    else return;
    event.preventDefault();
  };

  return (
    <Popover.Root open={shown} onOpenChange={(next) => (next ? setOpen(true) : close())}>
      <Popover.Anchor asChild>
        <TextInput
          {...rest}
          role="combobox"
          aria-expanded={shown}
          aria-controls={list}
          aria-autocomplete="list"
          {...(shown && at >= 0 && { "aria-activedescendant": `${list}-${at}` })}
          value={value}
          onChange={(event) => {
            onChange(event.target.value);
            setTyped(true);
            setOpen(true);
            setAt(-1);
          }}
          onClick={() => setOpen(true)}
          onBlur={close}
          onKeyDown={onKeyDown}
          className={className}
        />
      </Popover.Anchor>
      {/* Beside the text, not in a portal: a dialog around it would keep the list from being scrolled. */}
      <Popover.Content
        align="start"
        sideOffset={4}
        onOpenAutoFocus={(event) => event.preventDefault()}
        onCloseAutoFocus={(event) => event.preventDefault()}
        onInteractOutside={(event) => event.preventDefault()}
        role="presentation"
        className="z-50 max-h-72 w-(--radix-popover-trigger-width) min-w-64 overflow-auto rounded-lg border border-line bg-raised p-1 shadow-raised outline-none"
      >
        <div role="listbox" id={list} aria-label={rest["aria-label"] ?? rest.placeholder}>
          {fitting.map((suggestion, index) => (
            <SuggestionLine
              key={suggestion.value}
              id={`${list}-${index}`}
              suggestion={suggestion}
              active={index === at}
              onTake={() => take(suggestion)}
            />
          ))}
        </div>
      </Popover.Content>
    </Popover.Root>
  );
}

function SuggestionLine({ id, suggestion, active, onTake }: { id: string; suggestion: Suggestion; active: boolean; onTake: () => void }) {
  return (
    <div
      id={id}
      role="option"
      aria-selected={active}
      ref={(line) => {
        if (active) line?.scrollIntoView({ block: "nearest" });
      }}
      // The press must not take the focus from the text, which would close the list before the click.
      onMouseDown={(event) => event.preventDefault()}
      onClick={onTake}
      className={cn(
        "flex min-h-8 items-center justify-between gap-3 rounded-md px-2 hover:bg-hover",
        active && "bg-hover forced-colors:outline",
      )}
    >
      <span className="min-w-0 truncate">{suggestion.value}</span>
      {suggestion.note && <span className="shrink-0 text-xs text-muted">{suggestion.note}</span>}
    </div>
  );
}
