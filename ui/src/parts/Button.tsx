import { cva, type VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import { Slot } from "radix-ui";
import type { ComponentProps, MouseEvent } from "react";

import { cn } from "../lib/cn";
import { Tooltip } from "./Tooltip";

export const buttonStyle = cva(
  "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap select-none transition-colors duration-100 aria-disabled:opacity-50 disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      look: {
        primary: "bg-accent text-on-accent not-aria-disabled:hover:bg-accent-hover not-aria-disabled:active:bg-accent",
        secondary:
          "border border-edge/60 bg-card text-ink shadow-card not-aria-disabled:hover:border-edge not-aria-disabled:hover:bg-sunken not-aria-disabled:active:bg-line",
        ghost: "text-ink not-aria-disabled:hover:bg-hover not-aria-disabled:active:bg-line",
        danger: "bg-bad text-on-accent not-aria-disabled:hover:bg-bad-hover not-aria-disabled:active:bg-bad",
        link: "text-accent underline-offset-4 not-aria-disabled:hover:underline",
      },
      size: {
        md: "h-control min-w-control px-3 text-base",
        sm: "h-7 min-w-7 px-2 text-sm",
      },
    },
    compoundVariants: [{ look: "link", className: "h-auto min-h-6 px-0" }],
    defaultVariants: { look: "secondary", size: "md" },
  },
);

interface Props extends ComponentProps<"button">, VariantProps<typeof buttonStyle> {
  /** The action is on its way: shows so, and takes no second click. */
  busy?: boolean;
  /** Why it cannot be pressed now. It stays reachable, so that everyone can read the reason. */
  disabledReason?: string | null | undefined;
  /** Gives the look to the only child, such as a link. */
  asChild?: boolean;
}

/** A button. `look="primary"` stands at most once on a page. */
export function Button({ look, size, busy = false, disabledReason, asChild, className, onClick, children, ...rest }: Props) {
  const Root = asChild ? Slot.Root : "button";
  const off = busy || Boolean(disabledReason);
  const press = (event: MouseEvent<HTMLButtonElement>) => {
    if (off) return event.preventDefault();
    onClick?.(event);
  };
  const button = (
    <Root
      {...(!asChild && { type: "button" })}
      {...rest}
      {...(off && { "aria-disabled": true })}
      {...(busy && { "aria-busy": true })}
      onClick={press}
      className={cn(buttonStyle({ look, size }), className)}
    >
      {asChild ? children : <>{busy && <LoaderCircle className="animate-spin" aria-hidden />}{children}</>}
    </Root>
  );
  // A button that may have a reason keeps its place in the tree, and with it the focus, when the reason goes.
  return disabledReason === undefined ? button : <Tooltip text={disabledReason}>{button}</Tooltip>;
}
