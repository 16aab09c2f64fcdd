import { useQuery } from "@tanstack/react-query";
import { SlidersHorizontal } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { formatNumber } from "../../lib/format";
import { useLatest } from "../../lib/hooks";
import { IconButton } from "../../parts/IconButton";
import { SearchBox } from "../../parts/SearchBox";
import { Select } from "../../parts/Select";
import { isFiltered, sorts, type View } from "./filter";
import { readings } from "./queries";

interface Props {
  view: View;
  onChange: (view: View) => void;
  /** Opens the facets, where they are not beside the list. */
  onFacets: (() => void) | undefined;
}

/** What is searched for, in which order, and how many there are. */
export function ListHead({ view, onChange, onFacets }: Props) {
  const { t } = useTranslation();
  const { filter, sort } = view;
  const { data } = useQuery({ ...readings.count(filter), placeholderData: (before) => before });
  return (
    <div className="flex shrink-0 flex-col gap-1.5 border-b border-line px-3 pt-2.5 pb-2">
      <div className="flex items-center gap-1.5">
        <LazySearch value={filter.text ?? ""} onChange={(text) => onChange({ ...view, filter: { ...filter, text } })} />
        {onFacets && (
          <span className="relative">
            <IconButton icon={SlidersHorizontal} label={t("conversations.facet.title")} shortcut="f" onClick={onFacets} />
            {isFiltered({ ...filter, text: "" }) && <span className="absolute top-0.5 right-0.5 size-2 rounded-full bg-accent" aria-hidden />}
          </span>
        )}
      </div>
      <div className="flex items-center justify-between gap-2 text-xs text-muted">
        <span role="status" className="tabular min-w-0 truncate">
          {data && t("conversations.count", { count: data.count, shown: formatNumber(data.count) })}
        </span>
        <Select
          aria-label={t("conversations.sort.title")}
          value={sort}
          onChange={(next) => onChange({ ...view, sort: next })}
          options={sorts.map((value) => ({ value, label: t(`conversations.sort.${value}`) }))}
          className="min-w-0 [&_select]:h-7 [&_select]:border-transparent [&_select]:bg-transparent [&_select]:text-xs"
        />
      </div>
    </div>
  );
}

/** Searches once typing pauses. */
function LazySearch({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const latest = useLatest(onChange);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => latest.current(text.trim()), text === "" ? 0 : 300);
    return () => clearTimeout(timer);
  }, [text, value, latest]);
  return <SearchBox label={t("conversations.search")} value={text} onChange={setText} className="w-auto flex-1" />;
}
