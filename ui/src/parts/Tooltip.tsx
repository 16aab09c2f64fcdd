import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";

/** A short text beside what has focus or the pointer. Says nothing that is not said elsewhere, except a button's name. */
export function Tooltip({ text, children }: { text: string; children: ReactNode }) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          sideOffset={6}
          collisionPadding={8}
          className="z-60 max-w-xs rounded-md bg-ink px-2 py-1 text-xs whitespace-pre-wrap text-ground shadow-raised"
        >
          {text}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Stands around the page, so that one tooltip after another appears without delay. */
export const TooltipProvider = ({ children }: { children: ReactNode }) => (
  <Radix.Provider delayDuration={450} skipDelayDuration={200}>
    {children}
  </Radix.Provider>
);
