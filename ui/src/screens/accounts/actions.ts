import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import type { AccountView } from "../../api/types";
import { notify } from "../../parts/toast";

/** What can be done with accounts. Every one of them leaves the list as the house then has it. */
export function useAccountActions() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const reread = () => queries.invalidateQueries(read.accounts());
  const path = (account: AccountView) => ({ params: { path: { name: account.name } } });

  const turn = async (account: AccountView, enabled: boolean): Promise<void> => {
    try {
      await answer(client.PATCH("/api/accounts/{name}", { ...path(account), body: { enabled } }));
      await reread();
      const title = t(enabled ? "accounts.turned.on" : "accounts.turned.off", { name: account.name });
      notify.undo(title, t("common.undo"), () => void turn(account, !enabled), `account-${account.name}`);
    } catch (error) {
      notify.problem(t("accounts.changeFailed", { name: account.name }), error);
    }
  };

  return {
    turn,
    /** Looks whether it can serve, which may start its browser. */
    check: async (account: AccountView): Promise<AccountView> => {
      try {
        return await answer(client.POST("/api/accounts/{name}/check", path(account)));
      } finally {
        await reread();
      }
    },
    rename: async (account: AccountView, name: string): Promise<void> => {
      await answer(client.PATCH("/api/accounts/{name}", { ...path(account), body: { name } }));
      await reread();
    },
    remove: async (account: AccountView): Promise<void> => {
      await answer(client.DELETE("/api/accounts/{name}", path(account)));
      await reread();
    },
  };
}
