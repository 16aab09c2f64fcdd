import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Boxes, RotateCw } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { read } from "../../api/queries";
import { useAction } from "../../lib/hooks";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import type { Suggestion } from "../../parts/Combobox";
import { DataTable } from "../../parts/DataTable";
import { EmptyState } from "../../parts/EmptyState";
import { ErrorState } from "../../parts/ErrorState";
import { InspectorLayout } from "../../parts/Inspector";
import { Notice } from "../../parts/Notice";
import { Page } from "../../parts/Page";
import { RelativeTime } from "../../parts/RelativeTime";
import { SearchBox } from "../../parts/SearchBox";
import { Skeleton } from "../../parts/Skeleton";
import { notify } from "../../parts/toast";
import { useModelActions } from "./actions";
import { AliasesCard } from "./AliasesCard";
import { FallbacksCard } from "./FallbacksCard";
import { listedId, type Models, modelsOf } from "./list";
import { ModelInspector } from "./ModelInspector";
import { ResolveCard } from "./ResolveCard";
import { useColumns } from "./useColumns";

/** What can be asked for now, under which names, and what a name would hit. */
export function ModelsScreen() {
  const { t } = useTranslation();
  const models = useQuery(read.models());
  const [search, setSearch] = useState("");
  const [openId, setOpenId] = useState<string | null>(null);
  const open = models.data && modelsOf(models.data, "").find((model) => listedId(model) === openId);
  return (
    <InspectorLayout inspector={open ? <ModelInspector of={open} onClose={() => setOpenId(null)} /> : null}>
      <Page
        title={t("models.title")}
        text={t("models.text")}
        actions={
          <>
            <SearchBox label={t("models.search")} value={search} onChange={setSearch} />
            <Refresh />
          </>
        }
        className="flex flex-col gap-4"
      >
        {models.isPending && <Skeleton lines={8} className="my-1 h-5" />}
        {models.isError && !models.data && (
          <ErrorState title={t("models.listFailed")} error={models.error} onRetry={() => void models.refetch()} />
        )}
        {models.data && <Content models={models.data} search={search} openId={openId} onOpen={setOpenId} />}
      </Page>
    </InspectorLayout>
  );
}

/** Asks the upstreams anew. */
function Refresh() {
  const { t } = useTranslation();
  const { refresh } = useModelActions();
  const { busy, run } = useAction();
  const ask = () => run(refresh, (error) => notify.problem(t("models.refreshFailed"), error));
  return (
    <Button busy={busy} onClick={() => void ask()}>
      <RotateCw aria-hidden />
      {t("models.refresh")}
    </Button>
  );
}

interface ContentProps {
  models: Models;
  search: string;
  openId: string | null;
  onOpen: (id: string) => void;
}

function Content({ models, search, openId, onOpen }: ContentProps) {
  const { t } = useTranslation();
  const columns = useColumns();
  const { name = "" } = useSearch({ from: "/models" });
  const navigate = useNavigate();
  const rows = useMemo(() => modelsOf(models, search), [models, search]);
  const suggestions = useMemo<Suggestion[]>(
    () => modelsOf(models, "").map((model) => ({ value: model.name, note: model.upstream })),
    [models],
  );
  const setName = (next: string) => void navigate({ to: "/models", search: next ? { name: next } : {}, replace: true });
  return (
    <>
      {models.upstreams.map(({ name: upstream, problem, read_at }) =>
        problem ? (
          <Notice key={upstream} tone="warn" title={t("models.problem", { upstream })}>
            <p>{problem}</p>
            {read_at != null && (
              <p className="text-sm text-muted">
                {t("models.readAt")} <RelativeTime at={read_at * 1000} />
              </p>
            )}
          </Notice>
        ) : null,
      )}
      <Card flush>
        {rows.length > 0 ? (
          <DataTable
            label={t("models.title")}
            rows={rows}
            columns={columns}
            rowId={listedId}
            openId={openId}
            onOpen={(model) => onOpen(listedId(model))}
            className="max-h-[60vh]"
          />
        ) : (
          <EmptyState icon={Boxes} title={t("models.none")} />
        )}
      </Card>
      <div className="grid gap-4 lg:grid-cols-2">
        <ResolveCard name={name} onName={setName} suggestions={suggestions} />
        <AliasesCard aliases={models.aliases} suggestions={suggestions} />
        <FallbacksCard fallbacks={models.fallbacks} />
      </div>
    </>
  );
}
