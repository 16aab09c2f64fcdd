import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { read } from "../../api/queries";
import type { Schemas } from "../../api/types";
import { formatNumber } from "../../lib/format";
import { useAction } from "../../lib/hooks";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import { ConfirmDialog } from "../../parts/ConfirmDialog";
import { ErrorState } from "../../parts/ErrorState";
import { Facts } from "../../parts/Facts";
import { Notice } from "../../parts/Notice";
import { RelativeTime } from "../../parts/RelativeTime";
import { Skeleton } from "../../parts/Skeleton";
import { RecoverDialog } from "./vault/RecoverDialog";
import { RecoveryDialog } from "./vault/RecoveryDialog";
import { useVault } from "./vault/useVault";
import { VaultWarning } from "./vault/VaultWarning";

type Vault = Schemas["VaultView"];

/** The master key that seals the secrets on the disk: where it lies, keeping it, bringing it back, a new one. */
export function Security() {
  const { t } = useTranslation();
  const vault = useQuery({ ...read.vault(), refetchOnMount: "always" });
  return (
    <Card title={t("settings.section.security.title")}>
      <p className="mb-3 max-w-[42rem] text-sm text-muted">{t("settings.section.security.text")}</p>
      {vault.isPending && <Skeleton lines={5} />}
      {vault.isError && !vault.data && (
        <ErrorState compact title={t("settings.vault.failed")} error={vault.error} onRetry={() => void vault.refetch()} />
      )}
      {vault.data && <Content vault={vault.data} />}
    </Card>
  );
}

/** What is on top of the page. */
type Asked = { is: "nothing" } | { is: "recover" } | { is: "rekey" } | { is: "shown"; key: string };

function Content({ vault }: { vault: Vault }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Asked>({ is: "nothing" });
  const { show, rekey } = useVault();
  const close = () => setAsked({ is: "nothing" });
  return (
    <div className="flex flex-col gap-4">
      {vault.warning && <VaultWarning warning={vault.warning} />}
      {vault.unreadable > 0 && <Closed vault={vault} onRecover={() => setAsked({ is: "recover" })} />}
      <Known vault={vault} />
      {!vault.given && <Recovery vault={vault} show={show} onShown={(key) => setAsked({ is: "shown", key })} />}
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setAsked({ is: "recover" })}>{t("settings.vault.recover.open")}</Button>
        <Button
          disabledReason={vault.given ? t("settings.vault.rekey.given") : null}
          onClick={() => setAsked({ is: "rekey" })}
        >
          {t("settings.vault.rekey.open")}
        </Button>
      </div>
      {asked.is === "recover" && <RecoverDialog onClose={close} />}
      {asked.is === "shown" && <RecoveryDialog recovery={asked.key} onClose={close} />}
      {asked.is === "rekey" && (
        <ConfirmDialog
          open
          // The new key is shown when this one has closed itself.
          onOpenChange={() => setAsked((now) => (now.is === "rekey" ? { is: "nothing" } : now))}
          title={t("settings.vault.rekey.title")}
          text={t("settings.vault.rekey.text")}
          action={t("settings.vault.rekey.open")}
          onConfirm={async () => setAsked({ is: "shown", key: await rekey() })}
        />
      )}
    </div>
  );
}

/** Secrets that were sealed with a key that is not here. */
function Closed({ vault, onRecover }: { vault: Vault; onRecover: () => void }) {
  const { t } = useTranslation();
  const away = vault.warning?.kind === "keyring_away";
  return (
    <Notice
      tone="bad"
      title={t("settings.vault.closed.title", { count: vault.unreadable, all: formatNumber(vault.secrets) })}
      actions={!away && <Button size="sm" onClick={onRecover}>{t("settings.vault.recover.open")}</Button>}
    >
      {t(away ? "settings.vault.closed.away" : "settings.vault.closed.text")}
    </Notice>
  );
}

/** What is known of the key. */
function Known({ vault }: { vault: Vault }) {
  const { t } = useTranslation();
  const all: (readonly [string, ReactNode])[] = [
    [t("settings.vault.place.label"), t(`settings.vault.place.${vault.place ?? "none"}`)],
  ];
  if (vault.since != null) all.push([t("settings.vault.since"), <RelativeTime key="since" at={vault.since * 1000} />]);
  all.push([t("settings.vault.secrets"), formatNumber(vault.secrets)]);
  if (vault.recovery_shown_at != null) {
    const at = <RelativeTime key="shown" at={vault.recovery_shown_at * 1000} />;
    all.push([t("settings.vault.recovery.shown"), at]);
  }
  return <Facts facts={all} />;
}

/** The recovery key: to be shown once, or shown already. */
function Recovery({ vault, show, onShown }: { vault: Vault; show: () => Promise<string>; onShown: (key: string) => void }) {
  const { t } = useTranslation();
  const { busy, trouble, run } = useAction();
  const press = () => run(async () => onShown(await show()));
  if (vault.recovery_shown_at != null) {
    return (
      <p className="max-w-[42rem] text-sm text-muted">{t("settings.vault.recovery.again")}</p>
    );
  }
  return (
    <Notice
      tone="info"
      title={t("settings.vault.recovery.title")}
      actions={<Button size="sm" busy={busy} onClick={() => void press()}>{t("settings.vault.recovery.show")}</Button>}
    >
      {t("settings.vault.recovery.text")}
      {trouble != null && <ErrorState compact title={t("settings.vault.recovery.failed")} error={trouble} />}
    </Notice>
  );
}
