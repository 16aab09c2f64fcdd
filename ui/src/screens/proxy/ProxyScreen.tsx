import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { read, useBaseUrl } from "../../api/queries";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import { CodeBlock } from "../../parts/CodeBlock";
import { ErrorState } from "../../parts/ErrorState";
import { Field } from "../../parts/Field";
import { Notice } from "../../parts/Notice";
import { Page } from "../../parts/Page";
import { RelativeTime } from "../../parts/RelativeTime";
import { Select } from "../../parts/Select";
import { Skeleton } from "../../parts/Skeleton";
import { type ProxyView, sample, through } from "./address";
import { DomainsCard } from "./DomainsCard";
import { useProxyActions } from "./useProxyActions";

/** Other servers that are reached through this one: which, how, and what was refused. */
export function ProxyScreen() {
  const { t } = useTranslation();
  const proxy = useQuery(read.proxy());
  return (
    <Page title={t("proxy.title")} text={t("proxy.text")} className="flex flex-col gap-4">
      {proxy.isPending && <Skeleton lines={8} className="my-1 h-5" />}
      {proxy.isError && !proxy.data && <ErrorState title={t("proxy.failed")} error={proxy.error} onRetry={() => void proxy.refetch()} />}
      {proxy.data && (
        <>
          {proxy.data.refused.length > 0 && <RefusedCard refused={proxy.data.refused} />}
          <AddressCard of={proxy.data} />
          <DomainsCard of={proxy.data} />
        </>
      )}
    </Page>
  );
}

/** What was asked for and may not be reached: one click lets it through. */
function RefusedCard({ refused }: { refused: ProxyView["refused"] }) {
  const { t } = useTranslation();
  const { allow } = useProxyActions();
  return (
    <Card title={t("proxy.refused.title")}>
      <p className="mb-2 text-sm text-muted">{t("proxy.refused.text")}</p>
      <ul className="divide-y divide-line">
        {refused.map(({ domain, times, last_ms }) => (
          <li key={domain} className="flex min-h-row flex-wrap items-center gap-x-4 gap-y-1 py-1.5">
            <code className="min-w-0 flex-1 basis-48 truncate font-mono text-sm select-text">{domain}</code>
            <span className="text-sm text-muted">
              {t("proxy.refused.times", { count: times })} · <RelativeTime at={last_ms} />
            </span>
            <Button size="sm" aria-label={t("proxy.refused.allow", { domain })} onClick={() => void allow(domain)}>
              <Plus aria-hidden />
              {t("proxy.allow")}
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** How a client is pointed at one of the servers. */
function AddressCard({ of }: { of: ProxyView }) {
  const { t } = useTranslation();
  const base = useBaseUrl();
  const [chosen, choose] = useState("api.openai.com");
  const domain = of.domains.find((one) => one.domain === chosen) ?? of.domains[0];
  if (!domain) return null;
  return (
    <Card title={t("proxy.address.title")}>
      {base ? (
        <div className="flex flex-col gap-4">
          <p className="text-sm text-muted">{t("proxy.address.text")}</p>
          <Field label={t("proxy.address.server")}>
            {(control) => (
              <Select {...control} value={domain.domain} onChange={choose} options={of.domains.map((one) => ({ value: one.domain, label: one.domain }))} className="w-full max-w-96" />
            )}
          </Field>
          <CodeBlock label={t("proxy.address.instead", { address: `${domain.https ? "https" : "http"}://${domain.domain}` })} code={through(base, domain.domain)} />
          <CodeBlock label={t("proxy.address.sample")} code={sample(base, domain)} />
        </div>
      ) : (
        <Notice tone="warn">{t("proxy.address.stopped")}</Notice>
      )}
    </Card>
  );
}
