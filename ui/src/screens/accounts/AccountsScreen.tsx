import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ChevronDown, FileDown, LogIn, Plus, ServerCog, Stethoscope } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useConnection } from "../../api/events";
import { read } from "../../api/queries";
import type { AccountView } from "../../api/types";
import type { PageSearch } from "../../app/search";
import { Button } from "../../parts/Button";
import { ConfirmDialog } from "../../parts/ConfirmDialog";
import { InspectorLayout } from "../../parts/Inspector";
import { Menu } from "../../parts/Menu";
import { Page } from "../../parts/Page";
import { useAccountActions } from "./actions";
import { DropAnywhere } from "./enrol/DropAnywhere";
import { Enrolling, type Wish } from "./enrol/Enrolling";
import { UnderWay } from "./enrol/UnderWay";
import { AccountInspector } from "./inspector/AccountInspector";
import { Listing } from "./Listing";
import { heapNamed } from "./standing";
import { type Checks, useChecks } from "./useChecks";
import { useWish } from "./useWish";

type Search = PageSearch["accounts"];

/** The accounts that answer, each a browser profile of its own. What is open stands in the address. */
export function AccountsScreen() {
  const { t } = useTranslation();
  const all = useQuery(read.accounts()).data?.accounts ?? [];
  const search = useSearch({ from: "/accounts" });
  const navigate = useNavigate();
  const { id: openId = null } = search;
  const open = (id: string | null) =>
    void navigate({ to: "/accounts", search: ({ id: _, ...rest }: Search) => ({ ...rest, ...(id && { id }) }), replace: openId !== null });
  const { wish, setWish } = useWish();
  const shown = all.find((account) => account.name === openId);
  const checks = useChecks();
  const { remove } = useAccountActions();
  const [removing, setRemoving] = useState<AccountView | null>(null);
  const offline = useConnection().state === "lost" ? t("accounts.offline") : null;

  return (
    <InspectorLayout
      inspector={
        shown ? (
          <AccountInspector key={shown.name} of={shown} checks={checks} onClose={() => open(null)} onRenamed={open} onRemove={() => setRemoving(shown)} />
        ) : null
      }
    >
      <Page title={t("accounts.title")} text={t("accounts.text")} fill actions={<Actions all={all} checks={checks} onWish={setWish} offline={offline} />}>
        <UnderWay onShow={(ids) => setWish({ what: "watch", ids })} />
        <Listing
          checks={checks}
          openId={shown ? openId : null}
          onOpen={open}
          onRemove={setRemoving}
          heap={heapNamed(search.state)}
          onHeap={(heap) => void navigate({ to: "/accounts", search: ({ state: _, ...rest }: Search) => ({ ...rest, ...(heap && { state: heap }) }), replace: true })}
          onWish={setWish}
          offline={offline}
        />
      </Page>
      {!wish && !offline && <DropAnywhere onFiles={(files) => setWish({ what: "import", files })} />}
      <Enrolling wish={wish} onWish={setWish} done={{ label: t("accounts.enrol.deed.show"), act: open }} />
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

interface ActionsProps {
  all: readonly AccountView[];
  checks: Checks;
  onWish: (wish: Wish) => void;
  offline: string | null;
}

function Actions({ all, checks, onWish, offline }: ActionsProps) {
  const { t } = useTranslation();
  return (
    <>
      {all.length > 0 && (
        <Button busy={checks.running.size > 0} disabledReason={offline} onClick={() => void checks.all(all)}>
          <Stethoscope aria-hidden />
          {t("accounts.checkAll")}
        </Button>
      )}
      <span className="inline-flex">
        <Button look="primary" disabledReason={offline} onClick={() => onWish({ what: "sign-in" })} className="rounded-r-none">
          <Plus aria-hidden />
          {t("accounts.add.do")}
        </Button>
        <Menu
          trigger={
            <Button look="primary" aria-label={t("accounts.add.ways")} className="rounded-l-none border-l border-on-accent/35 px-0">
              <ChevronDown aria-hidden />
            </Button>
          }
          items={[
            { label: t("accounts.add.signIn"), icon: LogIn, disabled: offline !== null, onSelect: () => onWish({ what: "sign-in" }) },
            { label: t("accounts.add.import"), icon: FileDown, disabled: offline !== null, onSelect: () => onWish({ what: "import" }) },
            "line",
            { label: t("accounts.add.noScreen"), icon: ServerCog, onSelect: () => onWish({ what: "no-screen" }) },
          ]}
        />
      </span>
    </>
  );
}
