import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";

import { cn } from "../lib/cn";

/** One tab. */
export interface Tab<V extends string> {
  value: V;
  label: ReactNode;
  /** What is shown while it is chosen. */
  content: ReactNode;
}

interface Props<V extends string> {
  /** What the tabs are about. */
  label: string;
  value: V;
  onChange: (value: V) => void;
  tabs: readonly Tab<V>[];
  className?: string;
}

/** Several views of one thing, of which one is shown. */
export function Tabs<V extends string>({ label, value, onChange, tabs, className }: Props<V>) {
  return (
    <Radix.Root value={value} onValueChange={(next) => onChange(next as V)} className={cn("flex min-h-0 flex-col", className)}>
      <Radix.List aria-label={label} className="flex shrink-0 gap-1 overflow-x-auto border-b border-line">
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            className="-mb-px h-8 border-b-2 border-transparent px-2.5 text-sm font-medium whitespace-nowrap text-muted transition-colors duration-100 outline-offset-[-2px] hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
          >
            {tab.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.value} value={tab.value} className="min-h-0 flex-1 overflow-auto pt-3">
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
