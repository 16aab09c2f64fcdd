import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import type { Schemas } from "../../api/types";
import { useSettled } from "../../lib/hooks";
import { Card } from "../../parts/Card";
import { Combobox, type Suggestion } from "../../parts/Combobox";
import { ErrorState } from "../../parts/ErrorState";
import { Field } from "../../parts/Field";
import { Notice } from "../../parts/Notice";

const resolve = (name: string) =>
  queryOptions({
    // Below the list's own key, so that it is asked anew whenever the models change.
    queryKey: ["models", "resolve", name],
    queryFn: ({ signal }) => answer(client.GET("/api/models/resolve", { signal, params: { query: { name } } })),
    enabled: name !== "",
    placeholderData: keepPreviousData,
  });

interface Props {
  name: string;
  onName: (name: string) => void;
  suggestions: readonly Suggestion[];
}

/** Answers "what would this name hit?" for whatever a client may send as `model`. */
export function ResolveCard({ name, onName, suggestions }: Props) {
  const { t } = useTranslation();
  // An answer may start a browser, so half a name is not asked for.
  const asked = useSettled(name.trim());
  const found = useQuery(resolve(asked));
  return (
    <Card title={t("models.resolve.title")}>
      <Field label={t("models.resolve.label")} hint={t("models.resolve.hint")}>
        {(control) => <Combobox {...control} value={name} onChange={onName} suggestions={suggestions} placeholder="gpt-4o" />}
      </Field>
      <div aria-live="polite" className="mt-3">
        {asked !== "" && found.data && <Way found={found.data} />}
        {asked !== "" && found.isError && <ErrorState compact title={t("models.resolve.failed")} error={found.error} />}
      </div>
    </Card>
  );
}

function Way({ found }: { found: Schemas["Resolution"] }) {
  const { t } = useTranslation();
  if (found.problem) return <Notice tone="bad">{found.problem}</Notice>;
  const model = `${found.upstream ?? ""}/${found.model ?? ""}`;
  return (
    <Notice tone="good" title={<span className="font-mono break-all">{model}</span>}>
      <p>{t(`models.resolve.via.${found.via}`, { target: found.alias_target ?? "" })}</p>
      {found.accounts.length > 0 && <p>{t("models.resolve.accounts", { accounts: found.accounts.join(", ") })}</p>}
    </Notice>
  );
}
