import { useTranslation } from "react-i18next";

import type { ServerStatus } from "../api/types";

/** A server that did not start or broke off. */
export type Failed = Extract<ServerStatus, { state: "failed" }>;

/** Why the server does not run, in the language of the page where the kind is known, else in the server's own words. */
export function useFailure(): (server: Failed) => string {
  const { t } = useTranslation();
  return ({ kind, holder, configured: address, why }) => {
    if (kind === "other") return why;
    if (kind === "port_taken" && holder) return t("app.server.why.port_taken_by", { address, holder });
    return t(`app.server.why.${kind}`, { address });
  };
}
