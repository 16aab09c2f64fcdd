import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import type { Schemas } from "../../api/types";
import { notify } from "../../parts/toast";
import type { Domain } from "./address";

const entry = ({ domain, auth_type, https, key, record }: Domain): Schemas["DomainAllow"] => ({
  domain,
  auth_type,
  https,
  ...(key && { key }),
  ...(!record && { record }),
});

/** Lets domains through and takes them out; the answer is always the whole list as it then is. */
export function useProxyActions() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const post = async (body: Schemas["DomainAllow"]) =>
    queries.setQueryData(read.proxy().queryKey, await answer(client.POST("/api/proxy/allow", { body })));
  const remove = async (domain: string) =>
    queries.setQueryData(read.proxy().queryKey, await answer(client.DELETE("/api/proxy/allow/{domain}", { params: { path: { domain } } })));
  const told = async (job: Promise<unknown>): Promise<boolean> => {
    try {
      await job;
      return true;
    } catch (error) {
      notify.problem(t("proxy.changeFailed"), error);
      return false;
    }
  };
  return {
    /** Lets a domain through; throws when that fails. */
    post,
    /** Lets a domain through at once, with a way back. */
    allow: async (domain: string) => {
      if (!(await told(post({ domain })))) return;
      notify.undo(t("proxy.allowed", { domain }), t("common.undo"), () => void told(remove(domain)), `proxy-${domain}`);
    },
    /** Changes how it is reached. */
    change: (of: Domain, change: Partial<Domain>) => told(post(entry({ ...of, ...change }))),
    /** Takes a domain out, with a way back. */
    forbid: async (of: Domain) => {
      if (!(await told(remove(of.domain)))) return;
      notify.undo(t("proxy.forbidden", { domain: of.domain }), t("common.undo"), () => void told(post(entry(of))), `proxy-${of.domain}`);
    },
  };
}
