import type { LucideIcon } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";

import { cn } from "../lib/cn";
import { shortcutText } from "../lib/platform";

/** An entry of a menu, or a line between entries. */
export type MenuItem =
  | "line"
  | {
      label: string;
      icon?: LucideIcon;
      onSelect: () => void;
      danger?: boolean;
      disabled?: boolean;
      /** A shortcut that does the same, such as `mod+k`. */
      shortcut?: string;
    };

interface Props {
  /** What opens it: one button. */
  trigger: ReactNode;
  items: readonly MenuItem[];
  align?: "start" | "end";
}

/** Actions behind a button. */
export function Menu({ trigger, items, align = "end" }: Props) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-w-80 min-w-44 animate-appear rounded-lg border border-line bg-raised p-1 shadow-raised"
        >
          {items.map((item, index) =>
            item === "line" ? (
              <Radix.Separator key={index} className="my-1 h-px bg-line" />
            ) : (
              <Radix.Item
                key={index}
                onSelect={item.onSelect}
                disabled={item.disabled ?? false}
                className={cn(
                  "flex min-h-8 items-center gap-2.5 rounded-md px-2 text-base outline-none select-none data-disabled:opacity-50 data-highlighted:bg-hover forced-colors:data-highlighted:bg-[Highlight]",
                  item.danger && "text-bad",
                )}
              >
                {item.icon && <item.icon className={cn("size-4 shrink-0", !item.danger && "text-muted")} aria-hidden />}
                <span className="min-w-0 flex-1 truncate">{item.label}</span>
                {item.shortcut && <kbd className="font-sans text-xs text-muted">{shortcutText(item.shortcut)}</kbd>}
              </Radix.Item>
            ),
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
