import { Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../api/types";
import { formatBytes, formatNumber, formatPercent } from "../../lib/format";
import { Button } from "../../parts/Button";
import { ProgressBar } from "../../parts/ProgressBar";

interface Props {
  item: Schemas["StorageItem"];
  /** What everything takes together. */
  total: number;
  onClear: () => void;
}

/** Above this share of its limit a kind of things will soon be cut short. */
const NEARLY_FULL = 0.9;

/** One kind of stored things: how much it is, of its limit where it has one, else of everything. */
export function StorageMeter({ item, total, onClear }: Props) {
  const { t } = useTranslation();
  const { kind, bytes, count, limit_bytes: limit, clearable } = item;
  const title = t(`settings.storage.kind.${kind}.title`);
  const whole = limit ?? total;
  const share = formatPercent(total > 0 ? Math.min(1, bytes / total) : 0);
  const text =
    limit != null
      ? t("settings.storage.ofLimit", { bytes: formatBytes(bytes), limit: formatBytes(limit) })
      : t("settings.storage.ofAll", { bytes: formatBytes(bytes), share });
  const nothing = bytes === 0 || count === 0;
  return (
    <li className="grid items-center gap-x-6 gap-y-1.5 py-3 sm:grid-cols-[minmax(0,1fr)_minmax(0,15rem)_5.5rem]">
      <div className="min-w-0">
        <p className="font-medium">
          {title}
          {count != null && (
            <span className="tabular ml-2 text-sm font-normal text-muted">
              {t("settings.storage.count", { count, number: formatNumber(count) })}
            </span>
          )}
        </p>
        <p className="text-sm text-muted">{t(`settings.storage.kind.${kind}.text`)}</p>
      </div>
      <div className="flex min-w-0 flex-col gap-1.5">
        <span className="tabular text-sm">{text}</span>
        <ProgressBar label={title} value={bytes} max={whole} text={text} tone={limit != null && bytes > limit * NEARLY_FULL ? "warn" : "neutral"} />
      </div>
      <div className="sm:text-right">
        {clearable && (
          <Button
            size="sm"
            aria-label={t("settings.storage.clearOf", { what: title })}
            disabledReason={nothing ? t("settings.storage.nothing") : null}
            onClick={onClear}
          >
            <Trash2 aria-hidden />
            {t("settings.storage.clear")}
          </Button>
        )}
      </div>
    </li>
  );
}
