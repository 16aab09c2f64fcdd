import { Tooltip as Radix } from "radix-ui";
import { type ReactNode, useState } from "react";

/** A short text beside what has focus or the pointer. `null` while there is nothing to say. */
export function Tooltip({ text, children }: { text: string | null; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <Radix.Root open={open && text !== null} onOpenChange={setOpen}>
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
