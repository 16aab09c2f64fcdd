import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { CloudCog, Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import { Button } from "../../parts/Button";
import { ConfirmDialog } from "../../parts/ConfirmDialog";
import { DataTable } from "../../parts/DataTable";
import { EmptyState } from "../../parts/EmptyState";
import { ErrorState } from "../../parts/ErrorState";
import { InspectorLayout } from "../../parts/Inspector";
import { Page } from "../../parts/Page";
import { Skeleton } from "../../parts/Skeleton";
import { AddDialog } from "./AddDialog";
import { UpstreamInspector } from "./UpstreamInspector";
import { useColumns } from "./useColumns";
import type { Upstream } from "./words";

type Asked = { what: "add" } | { what: "delete"; of: Upstream };

/** The providers that are asked with keys. */
export function UpstreamsScreen() {
  const { t } = useTranslation();
  const upstreams = useQuery(read.upstreams());
  const queries = useQueryClient();
  const { name: openName = null } = useSearch({ from: "/upstreams" });
  const navigate = useNavigate();
  const setOpen = (name: string | null) =>
    void navigate({ to: "/upstreams", search: name ? { name } : {}, replace: openName !== null });
  const [asked, ask] = useState<Asked | null>(null);
  const all = useMemo(() => upstreams.data?.upstreams ?? [], [upstreams.data]);
  const open = all.find((upstream) => upstream.name === openName);
  const remove = async ({ name }: Upstream) => {
    await answer(client.DELETE("/api/upstreams/{name}", { params: { path: { name } } }));
    await queries.invalidateQueries(read.upstreams());
    setOpen(null);
  };
  const add = (
    <Button look="primary" onClick={() => ask({ what: "add" })}>
      <Plus aria-hidden />
      {t("upstreams.action.add")}
    </Button>
  );

  return (
    <InspectorLayout
      inspector={
        open ? <UpstreamInspector key={open.name} of={open} onClose={() => setOpen(null)} onDelete={() => ask({ what: "delete", of: open })} /> : null
      }
    >
      <Page title={t("upstreams.title")} text={t("upstreams.text")} actions={all.length > 0 && add} fill>
        <Listing
          upstreams={upstreams}
          all={all}
          openName={openName}
          onOpen={({ name }) => setOpen(name)}
          onDelete={(of) => ask({ what: "delete", of })}
          add={add}
        />
      </Page>
      {asked?.what === "add" && (
        <AddDialog
          taken={all.map(({ name }) => name)}
          onClose={() => ask(null)}
          onAdded={(name) => {
            ask(null);
            setOpen(name);
          }}
        />
      )}
      <ConfirmDialog
        open={asked?.what === "delete"}
        onOpenChange={() => ask(null)}
        title={t("upstreams.delete.title", { name: asked?.what === "delete" ? asked.of.name : "" })}
        text={t("upstreams.delete.text")}
        action={t("upstreams.action.delete")}
        onConfirm={() => (asked?.what === "delete" ? remove(asked.of) : undefined)}
      />
    </InspectorLayout>
  );
}

interface ListingProps {
  upstreams: { isPending: boolean; isError: boolean; error: unknown; refetch: () => unknown; data: unknown };
  all: Upstream[];
  openName: string | null;
  onOpen: (upstream: Upstream) => void;
  onDelete: (upstream: Upstream) => void;
  add: React.ReactNode;
}

function Listing({ upstreams, all, openName, onOpen, onDelete, add }: ListingProps) {
  const { t } = useTranslation();
  const columns = useColumns();
  if (upstreams.isPending) return <Skeleton lines={6} className="mx-6 my-2 h-5" />;
  if (upstreams.isError && !upstreams.data) {
    return <ErrorState title={t("upstreams.listFailed")} error={upstreams.error} onRetry={() => void upstreams.refetch()} />;
  }
  if (all.length === 0) {
    return (
      <EmptyState icon={CloudCog} title={t("upstreams.empty.title")} text={t("upstreams.empty.text")}>
        {add}
      </EmptyState>
    );
  }
  return (
    <DataTable
      label={t("upstreams.title")}
      rows={all}
      columns={columns}
      rowId={({ name }) => name}
      openId={openName}
      onOpen={onOpen}
      onDelete={onDelete}
      className="min-h-0 flex-1 border-t border-line bg-card"
    />
  );
}
