import { Search, X } from "lucide-react";
import { type KeyboardEvent, useRef } from "react";
import { useTranslation } from "react-i18next";

import { cn } from "../lib/cn";
import { useShortcuts } from "../lib/shortcuts";
import { TextInput } from "./TextInput";

interface Props {
  /** What is searched. */
  label: string;
  value: string;
  onChange: (value: string) => void;
  className?: string;
}

/** Searches the page: `/` or Ctrl+F come here, the first Esc clears it. */
export function SearchBox({ label, value, onChange, className }: Props) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const focus = () => {
    input.current?.focus();
    input.current?.select();
  };
  useShortcuts({ "/": focus, "mod+f": focus });

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (value) onChange("");
    else input.current?.blur();
  };
  return (
    <div role="search" className={cn("relative w-64 min-w-0 max-w-full", className)}>
      <Search className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted" aria-hidden />
      <TextInput
        ref={input}
        type="search"
        aria-label={label}
        aria-keyshortcuts="/"
        placeholder={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
        className="px-8"
      />
      {value && (
        <button
          type="button"
          aria-label={t("common.clearSearch")}
          onClick={() => {
            onChange("");
            input.current?.focus();
          }}
          className="absolute top-1/2 right-1 grid size-6 -translate-y-1/2 place-items-center rounded text-muted hover:bg-hover hover:text-ink"
        >
          <X className="size-3.5" aria-hidden />
        </button>
      )}
    </div>
  );
}
