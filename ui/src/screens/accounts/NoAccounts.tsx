import { FileDown, LogIn, type LucideIcon, ServerCog, Users } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Tooltip } from "../../parts/Tooltip";
import type { Wish } from "./enrol/Enrolling";

const ways = [
  { way: "signIn", icon: LogIn, wish: { what: "sign-in" } },
  { way: "import", icon: FileDown, wish: { what: "import" } },
  { way: "noScreen", icon: ServerCog, wish: { what: "no-screen" } },
] as const satisfies readonly { way: string; icon: LucideIcon; wish: Wish }[];

interface Props {
  onWish: (wish: Wish) => void;
  /** Why no account can be added now. */
  offline: string | null;
}

/** Stands where the list would be: the three ways to a first account. */
export function NoAccounts({ onWish, offline }: Props) {
  const { t } = useTranslation();
  return (
    <div className="mx-auto flex w-full max-w-4xl flex-col gap-6 overflow-auto px-6 py-10">
      <div className="flex flex-col items-center gap-2 text-center">
        <span className="mb-2 grid size-11 place-items-center rounded-xl bg-accent-soft text-accent">
          <Users className="size-5" aria-hidden />
        </span>
        <h2 className="text-lg font-semibold">{t("accounts.empty.title")}</h2>
        <p className="text-muted text-balance">{t("accounts.empty.text")}</p>
      </div>
      <ul className="grid gap-3 sm:grid-cols-3">
        {ways.map(({ way, icon: Icon, wish }) => (
          <li key={way} className="flex">
            <Tooltip text={way === "noScreen" ? null : offline}>
              <button
                type="button"
                {...(way !== "noScreen" && offline && { "aria-disabled": true })}
                onClick={() => (way === "noScreen" || !offline) && onWish(wish)}
                className="flex w-full flex-col items-start gap-2 rounded-lg border border-line bg-card p-5 text-left shadow-card transition-colors duration-100 not-aria-disabled:hover:border-accent not-aria-disabled:hover:bg-accent-soft/40 aria-disabled:opacity-50"
              >
                <span className="grid size-9 place-items-center rounded-lg bg-accent-soft text-accent">
                  <Icon className="size-4.5" aria-hidden />
                </span>
                <span className="font-medium">{t(`accounts.empty.${way}.title`)}</span>
                <span className="text-sm text-muted">{t(`accounts.empty.${way}.text`)}</span>
              </button>
            </Tooltip>
          </li>
        ))}
      </ul>
    </div>
  );
}
