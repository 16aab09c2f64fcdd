import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { cn } from "../lib/cn";
import { IconButton } from "./IconButton";

/** The ground and place of a dialog, also used by ConfirmDialog. */
export const dialogStyle =
  "fixed top-[12vh] left-1/2 z-50 flex max-h-[80vh] w-[calc(100vw-2rem)] max-w-md -translate-x-1/2 flex-col rounded-xl border border-line bg-raised shadow-raised outline-none";

/** The veil over the page below. */
export const veilStyle = "fixed inset-0 z-50 bg-veil";

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
        <Radix.Content className={cn(dialogStyle, className)} {...(!text && { "aria-describedby": undefined })}>
          <header className="flex items-start justify-between gap-3 px-5 pt-4 pb-2">
            <Radix.Title className="text-lg font-semibold text-balance">{title}</Radix.Title>
            <Radix.Close asChild>
              <IconButton icon={X} label={t("common.close")} className="-mr-1.5" />
            </Radix.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-auto px-5 pb-4">
            {text && (
              <Radix.Description asChild>
                <div className="mb-3 text-muted">{text}</div>
              </Radix.Description>
            )}
            {children}
          </div>
          {footer && <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
