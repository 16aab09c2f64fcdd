import { useQuery } from "@tanstack/react-query";
import { FilterX } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { read } from "../../api/queries";
import type { AccountView } from "../../api/types";
import { Button } from "../../parts/Button";
import { DataTable } from "../../parts/DataTable";
import { ErrorState } from "../../parts/ErrorState";
import { Skeleton } from "../../parts/Skeleton";
import type { Wish } from "./enrol/Enrolling";
import { FilterBar } from "./FilterBar";
import { NoAccounts } from "./NoAccounts";
import { chosen, type Heap } from "./standing";
import type { Checks } from "./useChecks";
import { useColumns } from "./useColumns";

interface Props {
  checks: Checks;
  openId: string | null;
  onOpen: (name: string) => void;
  onRemove: (account: AccountView) => void;
  heap: Heap | undefined;
  onHeap: (heap: Heap | undefined) => void;
  onWish: (wish: Wish) => void;
  /** Why no account can be added now. */
  offline: string | null;
}

/** The accounts, worst first, and what narrows them down. */
export function Listing({ checks, openId, onOpen, onRemove, heap, onHeap, onWish, offline }: Props) {
  const { t } = useTranslation();
  const accounts = useQuery(read.accounts());
  const all = accounts.data?.accounts;
  const [text, setText] = useState("");
  const rows = useMemo(() => chosen(all ?? [], heap, text), [all, heap, text]);
  const columns = useColumns(checks, openId !== null);
  const clear = () => {
    setText("");
    onHeap(undefined);
  };
  if (accounts.isPending) return <Skeleton lines={6} className="mx-6 my-2 h-5" />;
  if (!all) return <ErrorState title={t("accounts.listFailed")} error={accounts.error} onRetry={() => void accounts.refetch()} />;
  if (all.length === 0) return <NoAccounts onWish={onWish} offline={offline} />;
  return (
    <>
      <FilterBar all={all} heap={heap} onHeap={onHeap} text={text} onText={setText} />
      {rows.length === 0 ? (
        <div className="flex flex-1 flex-col items-center gap-3 border-t border-line bg-card px-6 py-12">
          <p className="text-muted">{t("accounts.filter.nothing")}</p>
          <Button onClick={clear}>
            <FilterX aria-hidden />
            {t("accounts.filter.clear")}
          </Button>
        </div>
      ) : (
        <DataTable
          label={t("accounts.title")}
          rows={rows}
          columns={columns}
          rowId={(account) => account.name}
          openId={openId}
          onOpen={(account) => onOpen(account.name)}
          onDelete={onRemove}
          className="min-h-0 flex-1 border-t border-line bg-card"
        />
      )}
    </>
  );
}
