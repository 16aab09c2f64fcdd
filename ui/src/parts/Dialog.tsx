import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ComponentProps, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { cn } from "../lib/cn";

/** The ground and place of a dialog, also used by ConfirmDialog. */
export const dialogStyle =
  "fixed top-[12vh] left-1/2 z-50 flex max-h-[80vh] w-[calc(100vw-2rem)] max-w-md -translate-x-1/2 flex-col rounded-xl border border-line bg-raised shadow-raised outline-none";

/** The veil over the page below. */
export const veilStyle = "fixed inset-0 z-50 bg-veil";

/**
 * Gives the focus back, when a dialog closes, to where it was before, unless something else has taken it. A dialog knows
 * only of a trigger of its own, and these are opened by keys, menus and addresses.
 */
export function useFocusBack(): (event: Event) => void {
  const [before] = useState(() => document.activeElement);
  return (event) => {
    event.preventDefault();
    if (document.activeElement === document.body && before instanceof HTMLElement) before.focus();
  };
}

/** What a dialog shows; gives the focus back. */
export function DialogContent(props: ComponentProps<typeof Radix.Content>) {
  return <Radix.Content {...props} onCloseAutoFocus={useFocusBack()} />;
}

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** What it is about, below the title. */
  text?: ReactNode;
  /** The buttons, the one that goes on last. */
  footer?: ReactNode;
  className?: string;
  children?: ReactNode;
}

/** A question that must be answered before the page goes on. Never opened from another dialog. */
export function Dialog({ open, onOpenChange, title, text, footer, className, children }: Props) {
  const { t } = useTranslation();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={veilStyle} />
        <DialogContent className={cn(dialogStyle, className)} {...(!text && { "aria-describedby": undefined })}>
          <header className="pt-4 pr-12 pb-1 pl-5">
            <Radix.Title className="text-lg font-semibold text-balance">{title}</Radix.Title>
          </header>
          <div className="min-h-0 flex-1 overflow-auto px-5 pt-1 pb-4">
            {text && (
              <Radix.Description asChild>
                <div className="mb-3 text-muted">{text}</div>
              </Radix.Description>
            )}
            {children}
          </div>
          {footer && <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>}
          {/* Last, so that the focus begins in what the dialog is about; without a tooltip, which would take the first Esc. */}
          <Radix.Close
            aria-label={t("common.close")}
            className="absolute top-3.5 right-3.5 grid size-7 place-items-center rounded-md text-muted hover:bg-hover hover:text-ink"
          >
            <X className="size-4" aria-hidden />
          </Radix.Close>
        </DialogContent>
      </Radix.Portal>
    </Radix.Root>
  );
}
