import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus, Stethoscope, Users } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { read } from "../../api/queries";
import type { AccountView } from "../../api/types";
import { Button } from "../../parts/Button";
import { ConfirmDialog } from "../../parts/ConfirmDialog";
import { DataTable } from "../../parts/DataTable";
import { EmptyState } from "../../parts/EmptyState";
import { ErrorState } from "../../parts/ErrorState";
import { InspectorLayout } from "../../parts/Inspector";
import { Page } from "../../parts/Page";
import { Skeleton } from "../../parts/Skeleton";
import { AccountInspector } from "./AccountInspector";
import { useAccountActions } from "./actions";
import { AddDialog } from "./AddDialog";
import { useChecks } from "./useChecks";
import { useColumns } from "./useColumns";

/** The accounts that answer, each a browser profile of its own. */
export function AccountsScreen() {
  const { t } = useTranslation();
  const accounts = useQuery(read.accounts());
  const { id: openId = null } = useSearch({ from: "/accounts" });
  const navigate = useNavigate();
  const open = (id: string | null) => void navigate({ to: "/accounts", search: id ? { id } : {}, replace: openId !== null });
  const all = useMemo(() => accounts.data?.accounts ?? [], [accounts.data]);
  const shown = all.find((account) => account.name === openId);
  const checks = useChecks();
  const { remove } = useAccountActions();
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<AccountView | null>(null);

  return (
    <InspectorLayout
      inspector={
        shown ? (
          <AccountInspector of={shown} checks={checks} onClose={() => open(null)} onRenamed={open} onRemove={() => setRemoving(shown)} />
        ) : null
      }
    >
      <Page
        title={t("accounts.title")}
        text={t("accounts.text")}
        fill
        actions={
          <>
            {all.length > 0 && (
              <Button busy={checks.running.size > 0} onClick={() => void checks.all(all)}>
                <Stethoscope aria-hidden />
                {t("accounts.checkAll")}
              </Button>
            )}
            <Button look="primary" onClick={() => setAdding(true)}>
              <Plus aria-hidden />
              {t("accounts.add.do")}
            </Button>
          </>
        }
      >
        <Listing accounts={accounts} all={all} running={checks.running} openId={openId} onOpen={open} onRemove={setRemoving} onAdd={() => setAdding(true)} />
      </Page>
      {adding && <AddDialog onClose={() => setAdding(false)} />}
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={() => setRemoving(null)}
        title={t("accounts.remove.title", { name: removing?.name ?? "" })}
        text={t("accounts.remove.text")}
        action={t("accounts.remove.do")}
        typed={removing?.name ?? ""}
        onConfirm={async () => {
          if (!removing) return;
          await remove(removing);
          open(null);
        }}
      />
    </InspectorLayout>
  );
}

interface ListingProps {
  accounts: { isPending: boolean; isError: boolean; error: unknown; refetch: () => unknown; data: unknown };
  all: AccountView[];
  running: ReadonlySet<string>;
  openId: string | null;
  onOpen: (id: string) => void;
  onRemove: (account: AccountView) => void;
  onAdd: () => void;
}

function Listing({ accounts, all, running, openId, onOpen, onRemove, onAdd }: ListingProps) {
  const { t } = useTranslation();
  const columns = useColumns(running);
  if (accounts.isPending) return <Skeleton lines={6} className="mx-6 my-2 h-5" />;
  if (accounts.isError && !accounts.data) {
    return <ErrorState title={t("accounts.listFailed")} error={accounts.error} onRetry={() => void accounts.refetch()} />;
  }
  if (all.length === 0) {
    return (
      <EmptyState icon={Users} title={t("accounts.empty.title")} text={t("accounts.empty.text")}>
        <Button onClick={onAdd}>
          <Plus aria-hidden />
          {t("accounts.add.do")}
        </Button>
      </EmptyState>
    );
  }
  return (
    <DataTable
      label={t("accounts.title")}
      rows={all}
      columns={columns}
      rowId={(account) => account.name}
      openId={openId}
      onOpen={(account) => onOpen(account.name)}
      onDelete={onRemove}
      className="min-h-0 flex-1 border-t border-line bg-card"
    />
  );
}
