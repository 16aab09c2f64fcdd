import { MousePointerClick } from "lucide-react";
import { useTranslation } from "react-i18next";

import { shortcutText } from "../../lib/platform";

const hints = [
  ["next", ["j", "k"]],
  ["approve", ["a"]],
  ["reject", ["x"]],
  ["later", ["s"]],
  ["undo", ["z"]],
  ["help", ["?"]],
] as const;

/** Stands where the conversation would be while none is open. */
export function Pick() {
  const { t } = useTranslation();
  return (
    <div className="m-auto flex max-w-sm flex-col items-center gap-4 px-6 py-10 text-center">
      <MousePointerClick className="size-6 text-edge" aria-hidden />
      <p className="text-muted text-balance">{t("conversations.pick.text")}</p>
      <dl className="grid grid-cols-[auto_auto] items-center gap-x-3 gap-y-1.5 text-sm">
        {hints.map(([name, keys]) => (
          <div key={name} className="contents">
            <dt className="flex justify-end gap-1">
              {keys.map((key) => (
                <kbd key={key} className="min-w-6 rounded border border-line bg-sunken px-1.5 py-0.5 text-center font-sans text-xs">
                  {shortcutText(key)}
                </kbd>
              ))}
            </dt>
            <dd className="text-left text-muted">{t(`conversations.pick.${name}`)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
