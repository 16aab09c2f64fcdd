import { useTranslation } from "react-i18next";

import { cn } from "../../../lib/cn";
import type { Conversation } from "../types";
import { DiffView } from "./DiffView";
import { compared, isTrained, plainText } from "./edit";
import { roleLooks } from "./TurnCard";

/** What an edit changed, turn by turn. What stayed is left out. */
export function Compared({ original, edited }: { original: Conversation; edited: Conversation }) {
  const { t } = useTranslation();
  const turns = compared(original, edited);
  return (
    <div tabIndex={0} role="region" aria-label={t("conversations.diff.label")} className="flex min-h-0 flex-1 flex-col gap-2.5 overflow-y-auto px-3 py-3 outline-offset-[-2px]">
      {turns.map(({ kind, before, after }, at) => {
        const role = (before ?? after)?.role ?? "user";
        const { icon: Icon, text, edge } = roleLooks[role];
        if (kind === "same") {
          return (
            <p key={at} className="truncate px-3 text-xs text-muted">
              {t(`conversations.role.${role}`)} · {plainText(before).replace(/\s+/g, " ").slice(0, 160)}
            </p>
          );
        }
        const training = after && before && isTrained(before) !== isTrained(after);
        return (
          <article key={at} className={cn("rounded-lg border border-l-[3px] border-line bg-card px-3 pt-1 pb-2.5", edge)}>
            <h3 className={cn("flex min-h-8 items-center gap-2 text-sm font-semibold", text)}>
              <Icon className="size-4" aria-hidden />
              {t(`conversations.role.${role}`)}
              {kind === "gone" && <span className="text-xs font-normal text-bad">{t("conversations.diff.gone")}</span>}
              {training && <span className="text-xs font-normal text-muted">{t(isTrained(after) ? "conversations.turn.trained" : "conversations.turn.masked")}</span>}
            </h3>
            <DiffView before={plainText(before)} after={plainText(after)} />
          </article>
        );
      })}
    </div>
  );
}
