import { useQuery } from "@tanstack/react-query";
import { Inbox, SearchX } from "lucide-react";
import { useTranslation } from "react-i18next";

import { read, useBaseUrl } from "../../api/queries";
import { Button } from "../../parts/Button";
import { CodeBlock } from "../../parts/CodeBlock";
import { EmptyState } from "../../parts/EmptyState";

/** Stands in the place of the list: what to do to see a first request, or why the filter shows none. */
export function NoRequests({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const { t } = useTranslation();
  if (filtered) {
    return (
      <EmptyState icon={SearchX} title={t("requests.empty.filtered")} text={t("requests.empty.filteredText")}>
        <Button onClick={onClear}>{t("requests.filter.clear")}</Button>
      </EmptyState>
    );
  }
  return <Waiting />;
}

function Waiting() {
  const { t } = useTranslation();
  const { data: server } = useQuery(read.server());
  const baseUrl = useBaseUrl();
  if (!baseUrl) return <EmptyState icon={Inbox} title={t("requests.empty.title")} text={t("requests.empty.stopped")} />;
  const key = server?.open ? [] : [`  -H "Authorization: Bearer $POSTERN_API_KEY" \\`];
  const body = { model: "postern/echo", messages: [{ role: "user", content: "Hello" }] };
  const curl = [`curl '${baseUrl}/chat/completions' \\`, ...key, `  -H 'Content-Type: application/json' \\`, `  -d '${JSON.stringify(body)}'`];
  return (
    <EmptyState icon={Inbox} title={t("requests.empty.title")} text={t("requests.empty.text")}>
      <CodeBlock label={t("requests.empty.curl")} code={curl.join("\n")} wrap className="w-full text-left" />
      {!server?.open && <p className="text-sm text-muted">{t("requests.empty.key")}</p>}
    </EmptyState>
  );
}
