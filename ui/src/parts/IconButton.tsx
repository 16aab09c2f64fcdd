import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";

import { cn } from "../lib/cn";
import { shortcutText } from "../lib/platform";
import { Tooltip } from "./Tooltip";

interface Props extends Omit<ComponentProps<"button">, "children"> {
  /** What it does; its name and its tooltip. */
  label: string;
  icon: LucideIcon;
  /** A shortcut that does the same, such as `mod+k`, shown in the tooltip. */
  shortcut?: string;
}

/** A button that is only an icon. */
export function IconButton({ label, icon: Icon, shortcut, className, ...rest }: Props) {
  return (
    <Tooltip text={shortcut ? `${label}  ${shortcutText(shortcut)}` : label}>
      <button
        type="button"
        aria-label={label}
        {...rest}
        className={cn(
          "inline-flex size-7 shrink-0 items-center justify-center rounded-md text-muted transition-colors duration-100 hover:bg-hover hover:text-ink active:bg-line disabled:opacity-50",
          className,
        )}
      >
        <Icon className="size-4" aria-hidden />
      </button>
    </Tooltip>
  );
}
