import { useQuery } from "@tanstack/react-query";
import { FilterX } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { read } from "../../api/queries";
import { useLatest } from "../../lib/hooks";
import { Button } from "../../parts/Button";
import { SearchBox } from "../../parts/SearchBox";
import { type Option, Select } from "../../parts/Select";
import { Toolbar } from "../../parts/Toolbar";
import { type Filter, isFiltered, type Outcome, outcomes } from "./filter";

interface Props {
  filter: Filter;
  onChange: (filter: Filter) => void;
}

/** The value of "all" in the selects. */
const ALL = "";

/** The same filter with one thing changed; an empty value takes it out. */
function changed<K extends keyof Filter>(filter: Filter, name: K, value: Filter[K] | typeof ALL): Filter {
  const { [name]: _, ...rest } = filter;
  return value === ALL || value === undefined ? rest : { ...rest, [name]: value };
}

/** What is listed. All of it stands in the page's address. */
export function FilterBar({ filter, onChange }: Props) {
  const { t } = useTranslation();
  const { models, keys, accounts } = useChoices(filter);
  const set = <K extends keyof Filter>(name: K, value: Filter[K] | typeof ALL) => onChange(changed(filter, name, value));
  const states: Option<Outcome | "">[] = outcomes.map((value) => ({ value, label: t(`requests.outcome.${value}`) }));
  const all = (label: string): Option<"">[] => [{ value: ALL, label }];

  return (
    <div className="@container shrink-0">
      <Toolbar label={t("requests.filter.title")} className="grid grid-cols-2 px-6 pb-3 @xl:flex">
        <LazySearch value={filter.search ?? ""} onChange={(search) => set("search", search.trim())} />
        <Select
          aria-label={t("requests.column.outcome")}
          value={filter.outcome ?? ALL}
          onChange={(outcome) => set("outcome", outcome)}
          options={[...all(t("requests.filter.allOutcomes")), ...states]}
          className="@xl:w-36"
        />
        <Select
          aria-label={t("requests.column.model")}
          value={filter.model ?? ALL}
          onChange={(model) => set("model", model)}
          options={[...all(t("requests.filter.allModels")), ...models]}
          className="@xl:w-44"
        />
        <Select
          aria-label={t("requests.column.key")}
          value={filter.key === undefined ? ALL : String(filter.key)}
          onChange={(key) => set("key", key === ALL ? ALL : Number(key))}
          options={[...all(t("requests.filter.allKeys")), ...keys]}
          className="@xl:w-36"
        />
        <Select
          aria-label={t("requests.column.account")}
          value={filter.account ?? ALL}
          onChange={(account) => set("account", account)}
          options={[...all(t("requests.filter.allAccounts")), ...accounts]}
          className="@xl:w-36"
        />
        {isFiltered(filter) && (
          <Button look="ghost" onClick={() => onChange({})}>
            <FilterX aria-hidden />
            {t("requests.filter.clear")}
          </Button>
        )}
      </Toolbar>
    </div>
  );
}

/** What there is to choose from, and what is chosen already though it is gone. */
function useChoices(filter: Filter) {
  const { data: offered } = useQuery(read.models());
  const { data: keys } = useQuery(read.keys());
  const { data: accounts } = useQuery(read.accounts());
  const names = offered && [...offered.aliases, ...offered.upstreams.flatMap((upstream) => upstream.models)].map((model) => model.name);
  const withChosen = (values: string[], chosen: string | undefined) =>
    [...new Set([...values, ...(chosen === undefined ? [] : [chosen])])].map((value) => ({ value, label: value }));
  const known = (keys?.keys ?? []).map((key) => ({ value: String(key.id), label: key.name || String(key.id) }));
  const lost = filter.key !== undefined && !known.some((key) => key.value === String(filter.key));
  return {
    models: withChosen(names ?? [], filter.model),
    keys: lost ? [...known, { value: String(filter.key), label: `#${filter.key}` }] : known,
    accounts: withChosen((accounts?.accounts ?? []).map((account) => account.name), filter.account),
  };
}

/** Searches once typing pauses, so that the journal is not read at every letter. */
function LazySearch({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const latest = useLatest(onChange);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => latest.current(text), text === "" ? 0 : 300);
    return () => clearTimeout(timer);
  }, [text, value, latest]);
  return <SearchBox label={t("requests.filter.search")} value={text} onChange={setText} className="col-span-2 w-full @xl:w-56" />;
}
