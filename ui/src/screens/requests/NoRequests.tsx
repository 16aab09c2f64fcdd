import { useQuery } from "@tanstack/react-query";
import { Inbox, SearchX } from "lucide-react";
import { useTranslation } from "react-i18next";

import { read, useBaseUrl } from "../../api/queries";
import { FirstCall } from "../../app/FirstCall";
import { Button } from "../../parts/Button";
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
  return (
    <EmptyState icon={Inbox} title={t("requests.empty.title")} text={t("requests.empty.text")}>
      <FirstCall label={t("requests.empty.curl")} baseUrl={baseUrl} open={server?.open === true} />
    </EmptyState>
  );
}
