import { useQuery } from "@tanstack/react-query";
import i18next from "i18next";
import { useTranslation } from "react-i18next";

import { read } from "../../api/queries";
import { flagNames } from "./filter";
import type { ReviewState, Standing } from "./types";

/** The facets in their order; those below the first ones begin folded. */
export const facetFields = ["states", "flags", "models", "tags", "standings", "hosts", "upstreams", "languages", "keys", "dialects", "kinds"] as const;
export type FacetField = (typeof facetFields)[number];
export const unfoldedFields: readonly FacetField[] = ["states", "flags", "models", "tags"];

/** The name of a language by its ISO 639-3 code, in the language of the page. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames([i18next.language], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** Gives the words for a value of a facet. */
export function useFacetWords(): (field: FacetField, value: string) => string {
  const { t } = useTranslation();
  const keys = useQuery(read.keys()).data?.keys;
  return (field, value) => {
    if (field === "states") return t(`conversations.state.${value as ReviewState}`);
    if (field === "standings") return t(`conversations.standings.${value as Standing}`);
    if (field === "kinds") return t(`conversations.kinds.${value as "chat"}`, { defaultValue: value });
    if (field === "flags") return t(`conversations.flag.${flagNames[Number(value)] ?? "unreadable"}`);
    if (field === "languages") return value === "" ? t("conversations.facet.unknown") : languageName(value);
    if (field === "keys") return keys?.find((key) => String(key.id) === value)?.name || `#${value}`;
    return value || t("conversations.facet.unknown");
  };
}
