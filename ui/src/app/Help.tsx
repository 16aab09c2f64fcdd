import { useLocation } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { shortcutText } from "../lib/platform";
import { Dialog } from "../parts/Dialog";
import { reviewKeys } from "../screens/conversations/keys";

const anywhere = {
  palette: ["mod+k"],
  pages: ["mod+1", "mod+0"],
  search: ["/", "mod+f"],
  settings: ["mod+,"],
  refresh: ["mod+r"],
  startStop: ["mod+shift+s"],
  send: ["mod+enter"],
  help: ["?"],
} as const;

const lists = {
  rows: ["j", "k", "↓", "↑"],
  open: ["enter"],
  select: ["space"],
  remove: ["Del"],
  close: ["esc"],
} as const;

/** All shortcuts. */
export function Help({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useTranslation();
  const reviewing = useLocation({ select: ({ pathname }) => pathname === "/conversations" });
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t("app.help.title")} className={reviewing ? "top-[6vh] max-h-[88vh] max-w-3xl" : "max-w-lg"}>
      {/* With the focus in it, keys scroll it where it is too long for the window. */}
      <div tabIndex={reviewing ? 0 : -1} className={reviewing ? "grid gap-x-8 rounded-md outline-offset-4 md:grid-cols-2" : "outline-none"}>
        {reviewing && <Section title={t("app.help.review")} word={(name) => t(`conversations.keys.${name as keyof typeof reviewKeys}`)} of={reviewKeys} />}
        <div>
          <Section title={t("app.help.anywhere")} word={(name) => t(`app.help.${name as keyof typeof anywhere}`)} of={anywhere} />
          <Section title={t("app.help.lists")} word={(name) => t(`app.help.${name as keyof typeof lists}`)} of={lists} />
        </div>
      </div>
    </Dialog>
  );
}

interface SectionProps {
  title: string;
  /** What a key does. */
  word: (name: string) => string;
  of: Readonly<Record<string, readonly string[]>>;
}

function Section({ title, word, of }: SectionProps) {
  return (
    <section className="mt-1 mb-3">
      <h3 className="mb-1 text-xs font-medium text-muted">{title}</h3>
      <dl>
        {Object.entries(of).map(([name, keys]) => (
          <div key={name} className="flex min-h-8 items-center justify-between gap-4 border-b border-line/60 last:border-0">
            <dt>{word(name)}</dt>
            <dd className="flex gap-1">
              {keys.map((key) => (
                <kbd key={key} className="rounded border border-line bg-sunken px-1.5 py-0.5 font-sans text-xs">
                  {shortcutText(key)}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
