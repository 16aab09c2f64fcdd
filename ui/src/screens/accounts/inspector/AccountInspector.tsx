import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { EllipsisVertical, Eye, EyeOff, FileUp, FolderOpen, ListFilter, LogIn, ScanSearch, Stethoscope, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { read } from "../../../api/queries";
import type { AccountView } from "../../../api/types";
import type { PageSearch } from "../../../app/search";
import { host } from "../../../host";
import { useAction } from "../../../lib/hooks";
import { Button } from "../../../parts/Button";
import { ErrorState } from "../../../parts/ErrorState";
import { IconButton } from "../../../parts/IconButton";
import { Inspector } from "../../../parts/Inspector";
import { Menu } from "../../../parts/Menu";
import { StateBadge } from "../../../parts/StateBadge";
import { Switch } from "../../../parts/Switch";
import { notify } from "../../../parts/toast";
import { WayOut } from "../../../parts/WayOut";
import { useAccountActions } from "../actions";
import type { Checks } from "../useChecks";
import { AccountFacts } from "./AccountFacts";
import { Cooldowns } from "./Cooldowns";
import { ExportDialog } from "./ExportDialog";
import { History } from "./History";
import { Rename } from "./Rename";
import { Share } from "./Share";
import { StandingNote } from "./StandingNote";
import { Today } from "./Today";

interface Props {
  of: AccountView;
  checks: Checks;
  onClose: () => void;
  onRenamed: (name: string) => void;
  onRemove: () => void;
}

/** One account: how it is, what to do about it, what it did, and what can be changed. */
export function AccountInspector({ of, checks, onClose, onRenamed, onRemove }: Props) {
  const { t } = useTranslation();
  const { turn, lead } = useAccountActions();
  const detail = useQuery(read.account(of.name));
  const [exporting, setExporting] = useState(false);
  const failed = checks.failed.get(of.name);
  return (
    <Inspector title={of.name} onClose={onClose} actions={<More of={of} onExport={() => setExporting(true)} />}>
      <div className="flex flex-col gap-5">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <StateBadge state={of.status} />
          <label className="flex items-center gap-2 text-sm">
            <span className="text-muted">{t("accounts.use")}</span>
            <Switch checked={of.enabled} onChange={(enabled) => void turn(of, enabled)} label={t("accounts.useOf", { name: of.name })} />
          </label>
        </div>
        <StandingNote of={of} checks={checks} />
        {failed !== undefined && <ErrorState compact title={t("accounts.checkFailed")} error={failed} />}
        <Actions of={of} checks={checks} />
        <AccountFacts of={of} />
        <Cooldowns of={of} />
        <Share of={of} />
        <WayOut key={of.proxy ?? ""} value={of.proxy ?? ""} hint={t("accounts.wayOut.hint")} onSave={(proxy) => lead(of, proxy)} />
        {detail.isError && !detail.data && (
          <ErrorState compact title={t("accounts.detailFailed")} error={detail.error} onRetry={() => void detail.refetch()} />
        )}
        {detail.data && <Today uses={detail.data.uses_today} />}
        {detail.data && <History changes={detail.data.history} />}
        <Rename of={of} onRenamed={onRenamed} />
        <section className="border-t border-line pt-4">
          <Button look="danger" onClick={onRemove}>
            <Trash2 aria-hidden />
            {t("accounts.remove.do")}
          </Button>
        </section>
      </div>
      {exporting && <ExportDialog of={of} onClose={() => setExporting(false)} />}
    </Inspector>
  );
}

/** What is done now and then. */
function More({ of, onExport }: { of: AccountView; onExport: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { native } = host;
  const again = () => void navigate({ to: "/accounts", search: (now: PageSearch["accounts"]) => ({ ...now, again: of.name }) });
  const page = () => void navigate({ to: "/settings/$section", params: { section: "page" }, search: { account: of.name } });
  const reveal = native && (() => void native.reveal(of.profile).catch((error: unknown) => notify.problem(t("settings.revealFailed"), error)));
  return (
    <Menu
      trigger={<IconButton icon={EllipsisVertical} label={t("accounts.more")} />}
      items={[
        { label: t("accounts.next.signIn"), icon: LogIn, onSelect: again },
        { label: t("accounts.export.open"), icon: FileUp, onSelect: onExport },
        { label: t("accounts.page"), icon: ScanSearch, onSelect: page },
        ...(reveal ? [{ label: t("accounts.reveal"), icon: FolderOpen, onSelect: reveal }] : []),
      ]}
    />
  );
}

function Actions({ of, checks }: { of: AccountView; checks: Checks }) {
  const { t } = useTranslation();
  const { show } = useAccountActions();
  const { busy, run } = useAction();
  return (
    <div className="flex flex-wrap gap-2">
      <Button busy={checks.running.has(of.name)} onClick={() => void checks.one(of)}>
        <Stethoscope aria-hidden />
        {t("accounts.check")}
      </Button>
      <Button busy={busy} onClick={() => void run(() => show(of, !of.browser_shown))}>
        {of.browser_shown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
        {t(of.browser_shown ? "accounts.next.hide" : "accounts.next.show")}
      </Button>
      <Button asChild>
        <Link to="/requests" search={{ account: of.name }}>
          <ListFilter aria-hidden />
          {t("accounts.requests")}
        </Link>
      </Button>
    </div>
  );
}
