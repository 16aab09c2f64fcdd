import { Brain } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { formatCompact } from "../../lib/format";
import { Badge } from "../../parts/Badge";
import type { Column } from "../../parts/DataTable";
import { Switch } from "../../parts/Switch";
import { useModelActions } from "./actions";
import type { Listed } from "./list";

/** The columns of the list of models. */
export function useColumns(): Column<Listed>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      {
        id: "name",
        header: t("models.column.name"),
        width: "minmax(12rem, 2fr)",
        sort: (model) => model.name,
        cell: (model) => <span className="truncate font-mono text-sm font-medium">{model.name}</span>,
      },
      {
        id: "display",
        header: t("models.column.display"),
        width: "minmax(9rem, 1.4fr)",
        wide: true,
        sort: (model) => model.card.display_name,
        cell: (model) => <span className="truncate">{model.card.display_name ?? "–"}</span>,
      },
      { id: "upstream", header: t("models.column.upstream"), width: "7rem", sort: (model) => model.upstream, cell: (model) => model.upstream },
      { id: "can", header: t("models.column.can"), width: "8rem", sort: (model) => Number(model.card.thinking), cell: (model) => (model.card.thinking ? <Badge icon={Brain}>{t("models.thinks")}</Badge> : null) },
      { id: "input", header: t("models.column.input"), width: "6.5rem", align: "right", sort: (model) => model.card.input_tokens, cell: (model) => tokens(model.card.input_tokens) },
      { id: "output", header: t("models.column.output"), width: "6.5rem", align: "right", wide: true, sort: (model) => model.card.output_tokens, cell: (model) => tokens(model.card.output_tokens) },
      { id: "offered", header: t("models.column.offered"), width: "5.5rem", cell: (model) => <Offered of={model} /> },
    ],
    [t],
  );
}

const tokens = (count: number | null | undefined): string => (count == null ? "–" : formatCompact(count));

function Offered({ of }: { of: Listed }) {
  const { t } = useTranslation();
  const { offer } = useModelActions();
  return <Switch checked={!of.excluded} onChange={(offered) => void offer(of, offered)} label={t("models.offerOf", { name: of.name })} />;
}
