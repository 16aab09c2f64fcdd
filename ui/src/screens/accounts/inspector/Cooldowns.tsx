import { useTranslation } from "react-i18next";

import type { AccountView } from "../../../api/types";
import { formatRelative, formatUntil } from "../../../lib/format";
import { useAction, useNow } from "../../../lib/hooks";
import { Button } from "../../../parts/Button";
import { useAccountActions } from "../actions";

type Cooldown = AccountView["cooldowns"][number];

/** For which models the account rests, until when, and how that is ended before its time. */
export function Cooldowns({ of }: { of: AccountView }) {
  const { t } = useTranslation();
  if (of.cooldowns.length === 0) return null;
  return (
    <section className="flex flex-col gap-1.5">
      <h3 className="font-semibold">{t("accounts.cooldowns.title")}</h3>
      <ul className="divide-y divide-line rounded-md border border-line">
        {of.cooldowns.map((one) => (
          <Line key={one.model ?? ""} of={of} one={one} />
        ))}
      </ul>
      {of.cooldowns.length > 1 && <End of={of} all />}
    </section>
  );
}

function Line({ of, one }: { of: AccountView; one: Cooldown }) {
  const { t } = useTranslation();
  const now = useNow(20_000);
  const until = one.until * 1000;
  return (
    <li className="flex items-center gap-3 py-2 pr-2 pl-3">
      <div className="min-w-0 flex-1">
        <p className="font-medium break-words">{one.model ?? t("accounts.cooldowns.every")}</p>
        <p className="text-sm text-muted">
          {t(`accounts.cooldowns.reason.${one.reason}`)}{" "}
          <span className="tabular">{t("accounts.cooldowns.until", { time: formatUntil(until), when: formatRelative(until, now) })}</span>
        </p>
      </div>
      <End of={of} model={one.model} />
    </li>
  );
}

function End({ of, model, all }: { of: AccountView; model?: string | null | undefined; all?: boolean }) {
  const { t } = useTranslation();
  const { reset } = useAccountActions();
  const { busy, run } = useAction();
  const label = t(all ? "accounts.cooldowns.endAll" : "accounts.next.reset");
  return (
    <Button
      size="sm"
      busy={busy}
      onClick={() => void run(() => reset(of, model))}
      className={all ? "self-start" : ""}
      {...(!all && { "aria-label": t("accounts.next.named", { action: label, name: model ?? t("accounts.cooldowns.every") }) })}
    >
      {label}
    </Button>
  );
}
