import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { formatBytes, formatDuration, formatMoment } from "../../../lib/format";
import { CodeBlock } from "../../../parts/CodeBlock";
import { CopyButton } from "../../../parts/CopyButton";
import { ErrorState } from "../../../parts/ErrorState";
import { Facts } from "../../../parts/Facts";
import { Notice } from "../../../parts/Notice";
import { Select } from "../../../parts/Select";
import { Skeleton } from "../../../parts/Skeleton";
import { JsonView } from "../../requests/JsonView";
import { readings } from "../queries";
import type { RawBody, RawExchange } from "../types";
import { Fold } from "./Fold";
import { ArrowDownToLine, ArrowUpFromLine, List } from "lucide-react";

/** What went over the wire, exchange by exchange, without credentials. */
export function Exchanges({ seqs }: { seqs: readonly number[] }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<number>();
  const seq = chosen ?? seqs.at(-1);
  if (seq === undefined) return <p className="p-6 text-center text-muted">{t("conversations.exchange.none")}</p>;
  return (
    <div tabIndex={0} role="region" aria-label={t("conversations.tab.exchanges")} className="flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto p-3 outline-offset-[-2px]">
      {seqs.length > 1 && (
        <Select
          aria-label={t("conversations.exchange.which")}
          value={String(seq)}
          onChange={(value) => setChosen(Number(value))}
          options={seqs.map((one, index) => ({ value: String(one), label: t("conversations.exchange.of", { at: index + 1, count: seqs.length }) }))}
          className="self-start"
        />
      )}
      <Exchange key={seq} seq={seq} />
    </div>
  );
}

function Exchange({ seq }: { seq: number }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(readings.exchange(seq));
  if (error) return <ErrorState title={t("conversations.failed.exchange")} error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton lines={8} className="h-5" />;
  const where = `${data.method} ${data.host ?? ""}${data.path}`;
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <code className="min-w-0 flex-1 text-sm break-all select-text">{where}</code>
        <CopyButton text={data.curl} what={t("conversations.exchange.copyCurl")}>
          {t("conversations.exchange.copyCurl")}
        </CopyButton>
      </div>
      <Known exchange={data} />
      <Side name="request" icon={ArrowUpFromLine} headers={data.request_headers} body={data.request} />
      <Side name="response" icon={ArrowDownToLine} headers={data.response_headers} body={data.response} />
    </>
  );
}

function Known({ exchange }: { exchange: Omit<RawExchange, "request_headers" | "response_headers"> }) {
  const { t } = useTranslation();
  const first = exchange.first_byte_ms == null ? undefined : t("conversations.exchange.first", { time: formatDuration(exchange.first_byte_ms) });
  const facts: [string, string | undefined][] = [
    [t("conversations.exchange.when"), formatMoment(exchange.at_ms)],
    [t("conversations.exchange.status"), `${exchange.status || "–"} · ${t(`conversations.ended.${exchange.ended as "whole"}`)}`],
    [t("conversations.exchange.took"), [formatDuration(exchange.total_ms), first].filter(Boolean).join(" · ")],
    [t("conversations.exchange.by"), [exchange.server.upstream, exchange.server.account].filter(Boolean).join(" · ")],
    [t("conversations.exchange.via"), t(`conversations.via.${exchange.via as "api"}`)],
    [t("conversations.exchange.id"), exchange.id],
  ];
  return <Facts facts={facts.filter((fact): fact is [string, string] => Boolean(fact[1]))} />;
}

interface SideProps {
  name: "request" | "response";
  icon: typeof List;
  headers: readonly (readonly string[])[];
  body: RawBody;
}

function Side({ name, icon, headers, body }: SideProps) {
  const { t } = useTranslation();
  const parsed = useMemo(() => {
    try {
      return { value: JSON.parse(body.text) as unknown };
    } catch {
      return undefined;
    }
  }, [body.text]);
  const size = formatBytes(body.bytes);
  return (
    <section aria-label={t(`conversations.exchange.${name}`)} className="flex flex-col gap-2">
      <Fold icon={List} title={t(`conversations.exchange.${name}Headers`)} note={t("conversations.exchange.headers", { count: headers.length })}>
        <CodeBlock label={t(`conversations.exchange.${name}Headers`)} quiet wrap code={headers.map(([key, value]) => `${key}: ${value}`).join("\n")} />
      </Fold>
      <Fold icon={icon} open title={t(`conversations.exchange.${name}`)} note={size}>
        {body.text === "" && <p className="text-muted">{t(body.bytes === 0 ? "conversations.exchange.noBody" : "conversations.exchange.noText")}</p>}
        {!body.whole && body.text !== "" && <Notice tone="neutral">{t("conversations.exchange.cut", { size })}</Notice>}
        {parsed ? (
          <div className="font-mono text-xs select-text">
            <JsonView value={parsed.value} open />
          </div>
        ) : (
          body.text !== "" && <CodeBlock label={t(`conversations.exchange.${name}`)} quiet wrap code={body.text} className="[&>div]:bg-card" />
        )}
      </Fold>
    </section>
  );
}
