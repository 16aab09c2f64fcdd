import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleOff, MessagesSquare, SearchX } from "lucide-react";
import { useTranslation } from "react-i18next";

import { read, useBaseUrl } from "../../api/queries";
import { FirstCall } from "../../app/FirstCall";
import { Button } from "../../parts/Button";
import { EmptyState } from "../../parts/EmptyState";
import { isFiltered, queue, same } from "./filter";
import { readings } from "./queries";
import type { Filter } from "./types";

/** Stands in the place of the list: what to do to see a first conversation, or why the filter shows none. */
export function NoConversations({ filter, onClear }: { filter: Filter; onClear: () => void }) {
  const { t } = useTranslation();
  // The first list leaves out what broke off: there may be nothing else.
  const first = same(filter, queue);
  const { data: all } = useQuery({ ...readings.count({}), enabled: first });
  if (first ? all && all.count > 0 : isFiltered(filter)) {
    return (
      <EmptyState icon={SearchX} title={t("conversations.empty.filtered")} text={t("conversations.empty.filteredText")}>
        <Button onClick={onClear}>{t("conversations.facet.clear")}</Button>
      </EmptyState>
    );
  }
  return <Waiting />;
}

function Waiting() {
  const { t } = useTranslation();
  const { data: recording } = useQuery(read.recording());
  const { data: server } = useQuery(read.server());
  const baseUrl = useBaseUrl();
  if (recording?.enabled === false || recording?.private) {
    return (
      <EmptyState icon={CircleOff} title={t("conversations.empty.off")} text={t("conversations.empty.offText")}>
        <Button asChild>
          <Link to="/settings/$section" params={{ section: "recording" }}>
            {t("conversations.empty.settings")}
          </Link>
        </Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={MessagesSquare} title={t("conversations.empty.title")} text={t("conversations.empty.text")}>
      {baseUrl && <FirstCall label={t("conversations.empty.curl")} baseUrl={baseUrl} open={server?.open === true} />}
    </EmptyState>
  );
}
