import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import { formatDay, formatNumber } from "../../lib/format";
import type { Column } from "../../parts/DataTable";
import { RelativeTime } from "../../parts/RelativeTime";
import { Switch } from "../../parts/Switch";
import { notify } from "../../parts/toast";
import { KeyBadge } from "./KeyBadge";
import { type Key, standingOf } from "./rules";

/** The columns of the list of keys. */
export function useColumns(): Column<Key>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      { id: "name", header: t("keys.column.name"), width: "minmax(9rem, 2fr)", sort: (key) => key.name, cell: (key) => <span className="truncate font-medium">{key.name}</span> },
      { id: "state", header: t("keys.column.state"), width: "8rem", sort: standingOf, cell: (key) => <KeyBadge of={key} /> },
      { id: "secret", header: t("keys.column.secret"), width: "9rem", wide: true, cell: (key) => <code className="font-mono text-sm text-muted">{key.masked}</code> },
      { id: "models", header: t("keys.column.models"), width: "minmax(7rem, 1fr)", wide: true, cell: (key) => <Models of={key} /> },
      { id: "expires", header: t("keys.column.expires"), width: "8rem", sort: (key) => key.expires_at, cell: (key) => (key.expires_at ? formatDay(key.expires_at * 1000) : <span className="text-muted">{t("keys.never")}</span>) },
      { id: "used", header: t("keys.column.used"), width: "9rem", sort: (key) => key.last_used_at, cell: (key) => (key.last_used_at ? <RelativeTime at={key.last_used_at * 1000} /> : <span className="text-muted">{t("keys.never")}</span>) },
      { id: "requests", header: t("keys.column.requests"), width: "6.5rem", align: "right", sort: (key) => key.requests, cell: (key) => formatNumber(key.requests) },
      { id: "enabled", header: t("keys.column.enabled"), width: "5rem", cell: (key) => <Enabled of={key} /> },
    ],
    [t],
  );
}

function Models({ of }: { of: Key }) {
  const { t } = useTranslation();
  if (of.models.length === 0) return <span className="text-muted">{t("keys.form.modelsAll")}</span>;
  return <span className="truncate font-mono text-sm" title={of.models.join(", ")}>{of.models.join(", ")}</span>;
}

/** Switches the key off and on, with a way back. */
function Enabled({ of }: { of: Key }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const turn = async (enabled: boolean) => {
    try {
      await answer(client.PATCH("/api/keys/{id}", { params: { path: { id: of.id } }, body: { enabled } }));
      await queries.invalidateQueries(read.keys());
      const title = t(enabled ? "keys.turned.on" : "keys.turned.off", { name: of.name });
      notify.undo(title, t("common.undo"), () => void turn(!enabled), `key-${of.id}`);
    } catch (error) {
      notify.problem(t("keys.saveFailed"), error);
    }
  };
  return <Switch checked={of.enabled} onChange={(enabled) => void turn(enabled)} label={t("keys.enabledOf", { name: of.name })} />;
}
