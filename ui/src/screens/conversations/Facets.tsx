import { useQuery } from "@tanstack/react-query";
import { FilterX } from "lucide-react";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../parts/Button";
import { ErrorState } from "../../parts/ErrorState";
import { Skeleton } from "../../parts/Skeleton";
import { FacetGroup } from "./FacetGroup";
import { facetFields } from "./facets";
import { isFiltered, toggled } from "./filter";
import { readings } from "./queries";
import { Ranges } from "./Ranges";
import { SavedQueries } from "./SavedQueries";
import type { Filter } from "./types";

interface Props {
  filter: Filter;
  onChange: (filter: Filter) => void;
  /** Takes the element that gets the focus when somebody asks for the facets. */
  panel: RefObject<HTMLDivElement | null>;
}

/** What there is, counted, to choose from; and questions that were kept. */
export function Facets({ filter, onChange, panel }: Props) {
  const { t } = useTranslation();
  const { data: facets, error, refetch } = useQuery({ ...readings.facets(filter), placeholderData: (before) => before });
  const known = new Map(facets?.map((facet) => [facet.field, facet.values]));
  const shown = facetFields.filter((field) => (known.get(field)?.length ?? 0) > (field === "kinds" || field === "dialects" ? 1 : 0));
  return (
    <div
      ref={panel}
      tabIndex={-1}
      role="group"
      aria-label={t("conversations.facet.title")}
      className="flex min-h-0 flex-1 flex-col gap-0.5 overflow-y-auto px-2.5 py-2 outline-none"
    >
      <SavedQueries filter={filter} onChange={onChange} />
      {isFiltered(filter) && (
        <Button size="sm" look="ghost" className="justify-start text-accent" onClick={() => onChange({})}>
          <FilterX aria-hidden />
          {t("conversations.facet.clear")}
        </Button>
      )}
      {facets === undefined && !error && <Skeleton lines={10} className="h-5" />}
      {error && <ErrorState compact title={t("conversations.failed.facets")} error={error} onRetry={() => void refetch()} />}
      {shown.map((field) => (
        <FacetGroup
          key={field}
          field={field}
          values={known.get(field) ?? []}
          filter={filter}
          onToggle={(value) => onChange(toggled(filter, field, value))}
        />
      ))}
      <Ranges filter={filter} onChange={onChange} />
    </div>
  );
}
