import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import type { AccountView, Schemas } from "../../api/types";
import { notify } from "../../parts/toast";

type Change = Schemas["AccountChange"];
/** What an account's owner decides about its share of the work. */
export type Share = "weight" | "priority";

/** What can be done with accounts. Every one of them leaves the list as the house then has it. */
export function useAccountActions() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const reread = async () => {
    void queries.invalidateQueries({ queryKey: ["account"] });
    await queries.invalidateQueries(read.accounts());
  };
  const path = (account: AccountView) => ({ params: { path: { name: account.name } } });

  /** Changes it, says so, and offers the way back, which says so too. */
  const change = async (account: AccountView, to: Change, back: Change, [title, backTitle]: [string, string]): Promise<void> => {
    try {
      await answer(client.PATCH("/api/accounts/{name}", { ...path(account), body: to }));
      await reread();
      notify.undo(title, t("common.undo"), () => void change(account, back, to, [backTitle, title]), `account-${account.name}`);
    } catch (error) {
      notify.problem(t("accounts.changeFailed", { name: account.name }), error);
    }
  };

  return {
    /** Takes it into use for requests, or out of it. */
    turn: (account: AccountView, enabled: boolean): Promise<void> => {
      const { name } = account;
      const titles = (on: boolean) => t(on ? "accounts.turned.on" : "accounts.turned.off", { name });
      return change(account, { enabled }, { enabled: !enabled }, [titles(enabled), titles(!enabled)]);
    },
    /** Changes its share of the work. */
    share: (account: AccountView, part: Share, value: number): Promise<void> => {
      const titles: [string, string] = [t("accounts.share.saved", { name: account.name }), t("accounts.share.undone", { name: account.name })];
      return change(account, { [part]: value }, { [part]: account[part] }, titles);
    },
    /** Gives its browser a way out of its own; nothing for that of all. */
    lead: async (account: AccountView, proxy: string): Promise<void> => {
      await answer(client.PATCH("/api/accounts/{name}", { ...path(account), body: { proxy } }));
      await reread();
      notify.done(t("accounts.wayOut.saved", { name: account.name }));
    },
    /** Looks whether it can serve, which may start its browser. */
    check: async (account: AccountView): Promise<AccountView> => {
      try {
        return await answer(client.POST("/api/accounts/{name}/check", path(account)));
      } finally {
        await reread();
      }
    },
    /** Ends the cooldown of a model, or all of them. */
    reset: async (account: AccountView, model?: string | null): Promise<void> => {
      try {
        const body = model == null ? {} : { model };
        await answer(client.POST("/api/accounts/{name}/reset-cooldowns", { ...path(account), body }));
        notify.done(t("accounts.cooldowns.ended", { name: account.name }));
      } catch (error) {
        notify.problem(t("accounts.cooldowns.failed", { name: account.name }), error);
      }
      await reread();
    },
    /** Shows its browser to the person at the screen, or puts it out of sight. */
    show: async (account: AccountView, shown: boolean): Promise<void> => {
      try {
        if (shown) await answer(client.POST("/api/accounts/{name}/show", path(account)));
        else await answer(client.POST("/api/accounts/{name}/hide", path(account)));
      } catch (error) {
        notify.problem(t(shown ? "accounts.showFailed" : "accounts.hideFailed", { name: account.name }), error);
      }
      await reread();
    },
    rename: async (account: AccountView, name: string): Promise<void> => {
      await answer(client.PATCH("/api/accounts/{name}", { ...path(account), body: { name } }));
      await reread();
    },
    remove: async (account: AccountView): Promise<void> => {
      await answer(client.DELETE("/api/accounts/{name}", path(account)));
      await reread();
    },
    /** The account as a file that can be carried elsewhere. */
    exportFile: (account: AccountView, body: Schemas["AccountExport"]): Promise<Blob> =>
      answer<Blob>(client.POST("/api/accounts/{name}/export", { ...path(account), body, parseAs: "blob" })),
  };
}
