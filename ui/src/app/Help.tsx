import { useTranslation } from "react-i18next";

import { shortcutText } from "../lib/platform";
import { Dialog } from "../parts/Dialog";

const anywhere = {
  palette: ["mod+k"],
  pages: ["mod+1", "mod+9"],
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
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t("app.help.title")} className="max-w-lg">
      <Section title={t("app.help.anywhere")} of={anywhere} />
      <Section title={t("app.help.lists")} of={lists} />
    </Dialog>
  );
}

type Names = keyof typeof anywhere | keyof typeof lists;

function Section({ title, of }: { title: string; of: Partial<Record<Names, readonly string[]>> }) {
  const { t } = useTranslation();
  return (
    <section className="mt-1 mb-3">
      <h3 className="mb-1 text-xs font-medium text-muted">{title}</h3>
      <dl>
        {(Object.entries(of) as [Names, readonly string[]][]).map(([name, keys]) => (
          <div key={name} className="flex min-h-8 items-center justify-between gap-4 border-b border-line/60 last:border-0">
            <dt>{t(`app.help.${name}`)}</dt>
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
