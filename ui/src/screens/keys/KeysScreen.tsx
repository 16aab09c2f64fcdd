import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { EllipsisVertical, FileInput, KeyRound, Plus, ShieldQuestion } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import { Button } from "../../parts/Button";
import { ConfirmDialog } from "../../parts/ConfirmDialog";
import { DataTable } from "../../parts/DataTable";
import { EmptyState } from "../../parts/EmptyState";
import { ErrorState } from "../../parts/ErrorState";
import { IconButton } from "../../parts/IconButton";
import { InspectorLayout } from "../../parts/Inspector";
import { Menu } from "../../parts/Menu";
import { Page } from "../../parts/Page";
import { Skeleton } from "../../parts/Skeleton";
import { CreateDialog } from "./CreateDialog";
import { ImportDialog } from "./ImportDialog";
import { KeyInspector } from "./KeyInspector";
import { RotateDialog } from "./RotateDialog";
import type { Key } from "./rules";
import { SecretDialog, type Shown } from "./SecretDialog";
import { TestDialog } from "./TestDialog";
import { useColumns } from "./useColumns";

type Asked = { what: "create" | "import" | "test" } | { what: "rotate" | "delete"; of: Key } | { what: "secret"; shown: Shown };

/** The keys that clients show at the door. */
export function KeysScreen() {
  const { t } = useTranslation();
  const keys = useQuery(read.keys());
  const queries = useQueryClient();
  const { id: openId = null, new: wanted } = useSearch({ from: "/keys" });
  const navigate = useNavigate();
  const setOpenId = (id: string | null) => void navigate({ to: "/keys", search: id ? { id } : {}, replace: openId !== null });
  const [asked, ask] = useState<Asked | null>(null);
  useEffect(() => {
    // Whoever came to make a key gets the form once, not again on the way back.
    if (!wanted) return;
    ask({ what: "create" });
    void navigate({ to: "/keys", search: {}, replace: true });
  }, [wanted, navigate]);
  const close = () => ask(null);
  const all = useMemo(() => keys.data?.keys ?? [], [keys.data]);
  const open = all.find((key) => String(key.id) === openId);
  const remove = async (key: Key) => {
    await answer(client.DELETE("/api/keys/{id}", { params: { path: { id: key.id } } }));
    await queries.invalidateQueries(read.keys());
    setOpenId(null);
  };

  return (
    <InspectorLayout
      inspector={
        open ? (
          <KeyInspector
            of={open}
            onClose={() => setOpenId(null)}
            onRotate={() => ask({ what: "rotate", of: open })}
            onDelete={() => ask({ what: "delete", of: open })}
          />
        ) : null
      }
    >
      <Page title={t("keys.title")} text={t("keys.text")} actions={<Actions onAsk={ask} />} fill>
        <Listing
          keys={keys}
          all={all}
          openId={openId}
          onOpen={(key) => setOpenId(String(key.id))}
          onDelete={(key) => ask({ what: "delete", of: key })}
          onCreate={() => ask({ what: "create" })}
        />
      </Page>
      {asked?.what === "create" && <CreateDialog onClose={close} onMade={(shown) => ask({ what: "secret", shown })} />}
      {asked?.what === "rotate" && <RotateDialog of={asked.of} onClose={close} onMade={(shown) => ask({ what: "secret", shown })} />}
      {asked?.what === "secret" && <SecretDialog shown={asked.shown} onClose={close} />}
      {asked?.what === "import" && <ImportDialog onClose={close} />}
      {asked?.what === "test" && <TestDialog onClose={close} />}
      <ConfirmDialog
        open={asked?.what === "delete"}
        onOpenChange={close}
        title={t("keys.delete.title", { name: asked?.what === "delete" ? asked.of.name : "" })}
        text={t(all.length === 1 ? "keys.delete.last" : "keys.delete.text")}
        action={t("keys.action.delete")}
        onConfirm={() => (asked?.what === "delete" ? remove(asked.of) : undefined)}
      />
    </InspectorLayout>
  );
}

function Actions({ onAsk }: { onAsk: (asked: Asked) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <Menu
        trigger={<IconButton icon={EllipsisVertical} label={t("keys.action.more")} />}
        items={[
          { label: t("keys.action.import"), icon: FileInput, onSelect: () => onAsk({ what: "import" }) },
          { label: t("keys.action.test"), icon: ShieldQuestion, onSelect: () => onAsk({ what: "test" }) },
        ]}
      />
      <Button look="primary" onClick={() => onAsk({ what: "create" })}>
        <Plus aria-hidden />
        {t("keys.action.create")}
      </Button>
    </>
  );
}

interface ListingProps {
  keys: { isPending: boolean; isError: boolean; error: unknown; refetch: () => unknown; data: unknown };
  all: Key[];
  openId: string | null;
  onOpen: (key: Key) => void;
  onDelete: (key: Key) => void;
  onCreate: () => void;
}

function Listing({ keys, all, openId, onOpen, onDelete, onCreate }: ListingProps) {
  const { t } = useTranslation();
  const columns = useColumns();
  if (keys.isPending) return <Skeleton lines={6} className="mx-6 my-2 h-5" />;
  if (keys.isError && !keys.data) {
    return <ErrorState title={t("keys.listFailed")} error={keys.error} onRetry={() => void keys.refetch()} />;
  }
  if (all.length === 0) {
    return (
      <EmptyState icon={KeyRound} title={t("keys.empty.title")} text={t("keys.empty.text")}>
        <Button onClick={onCreate}>
          <Plus aria-hidden />
          {t("keys.action.create")}
        </Button>
      </EmptyState>
    );
  }
  return (
    <DataTable
      label={t("keys.title")}
      rows={all}
      columns={columns}
      rowId={(key) => String(key.id)}
      openId={openId}
      onOpen={onOpen}
      onDelete={onDelete}
      className="min-h-0 flex-1 border-t border-line bg-card"
    />
  );
}
