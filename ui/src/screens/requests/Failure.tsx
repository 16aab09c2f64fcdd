import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import type texts from "../../locales/en";
import { Notice } from "../../parts/Notice";
import type { RequestRow } from "./filter";

type Words = Exclude<keyof (typeof texts)["requests"]["code"], "code">;
type Place = keyof (typeof texts)["requests"]["place"];

/** The errors that have words of their own, each with the page where the next step is taken. */
const places: Record<Words, Place | null> = {
  other: null,
  bad_request: null,
  invalid_url: null,
  unknown_url: null,
  method_not_supported: null,
  request_too_large: "settings",
  invalid_api_key: "keys",
  model_not_allowed: "keys",
  model_not_found: "models",
  rate_limit_exceeded: null,
  session_refused: "accounts",
  sign_in_expired: "accounts",
  verification_needed: "accounts",
  unavailable: "accounts",
  upstream_error: null,
  interrupted: null,
  page_changed: "settings",
  timeout: "settings",
  cancelled: null,
  offline: null,
  stopped: null,
  internal_error: "settings",
};

/** The words for an error's code; codes without words of their own have the ones of any error. */
export const wordsFor = (code: string | null | undefined): Words => (code && code in places ? (code as Words) : "other");

/** An error in three parts: what, why, and what to do next. */
export function Failure({ row }: { row: Pick<RequestRow, "code" | "error" | "outcome"> }) {
  const { t } = useTranslation();
  const words = wordsFor(row.code);
  const place = places[words];
  return (
    <Notice
      tone={row.outcome === "failed" ? "bad" : "warn"}
      title={t(`requests.code.${words}.what`)}
      actions={
        place && (
          <Link to={`/${place}`} className="text-sm text-accent underline underline-offset-2">
            {t(`requests.place.${place}`)}
          </Link>
        )
      }
    >
      {row.error && <p className="select-text">{row.error}</p>}
      <p className="mt-1 text-muted">{t(`requests.code.${words}.next`)}</p>
      {row.code && <p className="mt-1 text-xs text-muted">{t("requests.code.code", { code: row.code })}</p>}
    </Notice>
  );
}
