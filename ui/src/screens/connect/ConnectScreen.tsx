import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { read, useServer, useSteerServer } from "../../api/queries";
import type { ServerStatus } from "../../api/types";
import { cn } from "../../lib/cn";
import { Button } from "../../parts/Button";
import type { Suggestion } from "../../parts/Combobox";
import { ErrorState } from "../../parts/ErrorState";
import { Notice } from "../../parts/Notice";
import { Page } from "../../parts/Page";
import { Skeleton } from "../../parts/Skeleton";
import { notify } from "../../parts/toast";
import { TestCall } from "../welcome/TestCall";
import { type ClientCard, clients, type Values } from "./clients";
import { FileCard } from "./FileCard";
import { Guide } from "./Guide";
import { ValuesCard } from "./ValuesCard";

/** Any text: what clients that insist on a key are given while none is needed. */
const anyKey = "postern";

/** Address, key and exact steps for each client, and a request to see that it works. */
export function ConnectScreen() {
  const { t } = useTranslation();
  const server = useQuery(read.server());
  return (
    <Page title={t("connect.title")} text={t("connect.text")}>
      {server.isPending && <Skeleton lines={6} />}
      {server.isError && !server.data && (
        <ErrorState title={t("connect.failed")} error={server.error} onRetry={() => void server.refetch()} />
      )}
      {server.data && <Content server={server.data} />}
    </Page>
  );
}

function Content({ server }: { server: ServerStatus }) {
  const { client: wanted } = useSearch({ from: "/connect" });
  const chosen = clients.find(({ id }) => id === wanted) ?? clients[0];
  const [secret, setSecret] = useState<string | null>(null);
  const { model, setModel, suggestions } = useModel();
  const base = server.state === "running" ? server.base_url : `http://${server.configured}/v1`;
  const values: Values = { base, key: secret ?? (server.open ? anyKey : "YOUR_KEY"), model };
  if (!chosen) return null;
  return (
    <div className="grid grid-cols-1 gap-4 lg:grid-cols-[12rem_minmax(0,1fr)]">
      <Clients chosen={chosen} />
      <div className="flex min-w-0 flex-col gap-4">
        {server.state !== "running" && <Stopped />}
        <ValuesCard
          base={base}
          open={server.open}
          secret={secret}
          onSecret={setSecret}
          model={model}
          onModel={setModel}
          suggestions={suggestions}
          client={chosen.name}
        />
        {chosen.file && <FileCard key={chosen.file} id={chosen.file} name={chosen.name} model={model} secret={secret} />}
        <Guide client={chosen} values={values} secret={secret} />
        <TestCall secret={secret} />
      </div>
    </div>
  );
}

/** The model that clients are told: one that an account serves, until another is chosen. */
function useModel() {
  const models = useQuery(read.models()).data;
  const [chosen, setModel] = useState<string | null>(null);
  const suggestions = useMemo<Suggestion[]>(() => {
    const offered = (models?.upstreams ?? []).flatMap(({ name, models: own }) =>
      own.filter(({ excluded }) => !excluded).map((model) => ({ value: model.name, note: name })),
    );
    return offered.sort((a, b) => Number(a.value.startsWith("postern/")) - Number(b.value.startsWith("postern/")));
  }, [models]);
  return { model: chosen ?? suggestions[0]?.value ?? "postern/echo", setModel, suggestions };
}

function Clients({ chosen }: { chosen: ClientCard }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <nav aria-label={t("connect.clients")} className="flex flex-wrap content-start gap-1 lg:flex-col lg:flex-nowrap">
      {clients.map(({ id, name }) => (
        <button
          key={id}
          type="button"
          aria-current={id === chosen.id ? "true" : undefined}
          onClick={() => void navigate({ to: "/connect", search: { client: id }, replace: true })}
          className={cn(
            "h-control rounded-md px-3 text-left transition-colors duration-100 hover:bg-hover",
            id === chosen.id ? "bg-accent-soft font-medium text-accent" : "text-ink",
          )}
        >
          {name}
        </button>
      ))}
    </nav>
  );
}

function Stopped() {
  const { t } = useTranslation();
  const steer = useSteerServer();
  const server = useServer();
  const start = () => steer("start").catch((error: unknown) => notify.problem(t("connect.startFailed"), error));
  const idle = server?.state === "stopped" || server?.state === "failed";
  return (
    <Notice tone="warn" actions={idle && <Button onClick={() => void start()}>{t("connect.start")}</Button>}>
      {t("connect.stopped")}
    </Notice>
  );
}
