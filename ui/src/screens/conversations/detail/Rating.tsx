import { Star } from "lucide-react";
import { useTranslation } from "react-i18next";

import { cn } from "../../../lib/cn";

interface Props {
  value: number | null | undefined;
  /** 0 takes the rating away. */
  onChange: (rating: number) => void;
}

/** One to five stars. Pressing the one that stands takes the rating away. */
export function Rating({ value, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <div role="group" aria-label={t("conversations.rate.title")} className="flex">
      {([1, 2, 3, 4, 5] as const).map((stars) => {
        const lit = (value ?? 0) >= stars;
        return (
          <button
            key={stars}
            type="button"
            aria-pressed={value === stars}
            aria-label={t(`conversations.rate.${stars}`)}
            title={t(`conversations.rate.${stars}`)}
            onClick={() => onChange(value === stars ? 0 : stars)}
            className={cn("grid size-7 place-items-center rounded-md outline-offset-[-2px] hover:bg-hover", lit ? "text-accent" : "text-edge hover:text-ink")}
          >
            <Star className={cn("size-4", lit && "fill-current")} aria-hidden />
          </button>
        );
      })}
    </div>
  );
}
