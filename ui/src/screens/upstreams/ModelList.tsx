import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { RotateCw } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import { formatNumber } from "../../lib/format";
import { Button } from "../../parts/Button";
import { CopyButton } from "../../parts/CopyButton";
import { ErrorState } from "../../parts/ErrorState";
import { SearchBox } from "../../parts/SearchBox";
import { Skeleton } from "../../parts/Skeleton";
import { Switch } from "../../parts/Switch";
import { notify } from "../../parts/toast";
import { useUpstreamChange } from "./change";
import type { Upstream } from "./words";

/** So many are shown; the search finds the others. */
const MOST = 60;

/** The models of a provider, each offered or not. */
export function ModelList({ of }: { of: Upstream }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const models = useQuery(read.upstreamModels(of.name));
  const change = useUpstreamChange(of.name);
  const [search, setSearch] = useState("");
  const [busy, setBusy] = useState(false);
  const refresh = async () => {
    setBusy(true);
    try {
      const told = await answer(client.POST("/api/upstreams/{name}/models/refresh", { params: { path: { name: of.name } } }));
      queries.setQueryData(read.upstreamModels(of.name).queryKey, told);
      await queries.invalidateQueries(read.upstreams());
    } catch (error) {
      notify.problem(t("upstreams.model.failed"), error);
    } finally {
      setBusy(false);
    }
  };
  const turn = async (id: string, offered: boolean) => {
    const excluded = offered ? of.excluded.filter((one) => one !== id) : [...of.excluded, id];
    const said = t(offered ? "upstreams.model.offered" : "upstreams.model.hidden", { model: id });
    await change({ excluded }, { said, undo: { excluded: of.excluded } });
    await queries.invalidateQueries(read.upstreamModels(of.name));
  };
  const all = models.data?.models ?? [];
  const wanted = search.trim().toLowerCase();
  const found = all.filter(({ card }) => card.id.toLowerCase().includes(wanted));
  return (
    <section className="flex flex-col gap-3 border-t border-line pt-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="font-semibold">{t("upstreams.model.title")}</h3>
        <Button size="sm" busy={busy} onClick={() => void refresh()}>
          <RotateCw aria-hidden />
          {t("upstreams.model.refresh")}
        </Button>
      </div>
      {models.isPending && <Skeleton lines={4} className="h-5" />}
      {models.isError && <ErrorState compact title={t("upstreams.model.failed")} error={models.error} onRetry={() => void models.refetch()} />}
      {models.data && all.length === 0 && <p className="text-muted">{models.data.problem ?? t("upstreams.model.none")}</p>}
      {all.length > 8 && <SearchBox label={t("upstreams.model.search")} value={search} onChange={setSearch} />}
      <ul className="flex flex-col">
        {found.slice(0, MOST).map(({ card: { id }, name, excluded }) => (
          <li key={id} className="flex min-h-8 items-center gap-2 border-b border-line/60 last:border-0">
            <code className="min-w-0 flex-1 truncate font-mono text-sm" title={id}>{id}</code>
            <CopyButton text={name} what={t("upstreams.model.nameOf", { model: id })} look="ghost" />
            <Switch checked={!excluded} onChange={(offered) => void turn(id, offered)} label={t("upstreams.model.offer", { model: id })} />
          </li>
        ))}
      </ul>
      {found.length > MOST && <p className="text-sm text-muted">{t("upstreams.model.more", { shown: MOST, all: formatNumber(found.length) })}</p>}
      {all.length > 0 && (
        <Button asChild look="link" className="self-start">
          <Link to="/models">{t("upstreams.model.names")}</Link>
        </Button>
      )}
    </section>
  );
}
