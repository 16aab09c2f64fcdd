import { Command } from "cmdk";
import type { LucideIcon } from "lucide-react";
import { Dialog } from "radix-ui";
import { useTranslation } from "react-i18next";

import { cn } from "../lib/cn";
import { shortcutText } from "../lib/platform";
import { DialogContent, dialogStyle, veilStyle } from "../parts/Dialog";
import { useCommands } from "./useCommands";

/** Something the palette can do. */
export interface PaletteCommand {
  id: string;
  label: string;
  /** Other words that find it. */
  words?: string[];
  icon: LucideIcon;
  shortcut?: string;
  run: () => void;
}

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onHelp: () => void;
}

/**
 * How well a command fits: every word that was typed stands in it, best at the beginning of one of its own. Letters strewn
 * over it do not count: groups keep their order, so what such a hit leads to could come before what was meant.
 */
export function fits(command: string, search: string, words: string[] = []): number {
  const text = ` ${[command, ...words].join(" ").toLowerCase()}`;
  const typed = search.toLowerCase().split(/\s+/).filter(Boolean);
  return Math.min(1, ...typed.map((word) => (text.includes(` ${word}`) ? 1 : text.includes(word) ? 0.5 : 0)));
}

/** Every page and action by name. */
export function Palette({ open, onOpenChange, onHelp }: Props) {
  const { t } = useTranslation();
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className={veilStyle} />
        <DialogContent aria-describedby={undefined} className={cn(dialogStyle, "max-w-xl overflow-hidden")}>
          <Dialog.Title className="sr-only">{t("app.palette.label")}</Dialog.Title>
          <Commands onHelp={onHelp} close={() => onOpenChange(false)} />
        </DialogContent>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Commands({ onHelp, close }: { onHelp: () => void; close: () => void }) {
  const { t } = useTranslation();
  const groups = useCommands(onHelp);
  return (
    <Command label={t("app.palette.label")} loop filter={fits} className="flex min-h-0 flex-col">
      <Command.Input
        placeholder={t("app.palette.placeholder")}
        className="h-12 shrink-0 border-b border-line bg-transparent px-4 text-lg outline-none"
      />
      <Command.List className="max-h-96 min-h-0 scroll-py-2 overflow-auto p-1.5">
        <Command.Empty className="px-3 py-6 text-center text-muted">{t("app.palette.nothing")}</Command.Empty>
        {groups.map((group) => (
          <Command.Group
            key={group.title}
            heading={group.title}
            className="**:[[cmdk-group-heading]]:px-2.5 **:[[cmdk-group-heading]]:pt-2 **:[[cmdk-group-heading]]:pb-1 **:[[cmdk-group-heading]]:text-xs **:[[cmdk-group-heading]]:text-muted"
          >
            {group.commands.map((command) => (
              <Line
                key={command.id}
                command={command}
                onSelect={() => {
                  close();
                  command.run();
                }}
              />
            ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command>
  );
}

function Line({ command, onSelect }: { command: PaletteCommand; onSelect: () => void }) {
  return (
    <Command.Item
      value={command.id}
      keywords={[command.label, ...(command.words ?? [])]}
      onSelect={onSelect}
      className="flex min-h-9 items-center gap-3 rounded-md px-2.5 data-[selected=true]:bg-hover forced-colors:data-[selected=true]:outline"
    >
      <command.icon className="size-4 shrink-0 text-muted" aria-hidden />
      <span className="min-w-0 flex-1 truncate">{command.label}</span>
      {command.shortcut && <kbd className="font-sans text-xs text-muted">{shortcutText(command.shortcut)}</kbd>}
    </Command.Item>
  );
}
