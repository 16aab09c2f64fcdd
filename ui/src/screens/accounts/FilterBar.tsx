import { ToggleGroup } from "radix-ui";
import { useTranslation } from "react-i18next";

import type { AccountView } from "../../api/types";
import { formatNumber } from "../../lib/format";
import { SearchBox } from "../../parts/SearchBox";
import { Toolbar } from "../../parts/Toolbar";
import { countHeaps, type Heap, heapNamed, heaps } from "./standing";

interface Props {
  all: readonly AccountView[];
  heap: Heap | undefined;
  onHeap: (heap: Heap | undefined) => void;
  text: string;
  onText: (text: string) => void;
}

const everything = "all";
const look =
  "inline-flex h-7 items-center gap-1.5 rounded-full border border-edge/60 bg-card px-2.5 text-sm whitespace-nowrap text-muted transition-colors duration-100 hover:border-edge hover:text-ink data-[state=on]:border-accent data-[state=on]:bg-accent-soft data-[state=on]:font-medium data-[state=on]:text-ink forced-colors:data-[state=on]:outline";

/** Which accounts are listed: one heap of them, and those of a text. */
export function FilterBar({ all, heap, onHeap, text, onText }: Props) {
  const { t } = useTranslation();
  const counts = countHeaps(all);
  // A heap that is empty is offered only while it is the one that is shown.
  const offered = heaps.filter((one) => counts[one] > 0 || one === heap);
  return (
    <Toolbar label={t("accounts.filter.title")} className="px-6 pb-3">
      <SearchBox label={t("accounts.filter.search")} value={text} onChange={onText} className="w-56" />
      <ToggleGroup.Root
        type="single"
        aria-label={t("accounts.filter.state")}
        value={heap ?? everything}
        onValueChange={(value) => onHeap(heapNamed(value))}
        className="flex flex-wrap gap-1.5"
      >
        <ToggleGroup.Item value={everything} className={look}>
          {t("accounts.filter.all")}
          <span className="tabular">{formatNumber(all.length)}</span>
        </ToggleGroup.Item>
        {offered.map((one) => (
          <ToggleGroup.Item key={one} value={one} className={look}>
            {t(`accounts.filter.${one}`)}
            <span className="tabular">{formatNumber(counts[one])}</span>
          </ToggleGroup.Item>
        ))}
      </ToggleGroup.Root>
    </Toolbar>
  );
}
