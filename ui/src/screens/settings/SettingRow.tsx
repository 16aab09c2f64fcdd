import { CircleAlert, Lock, Pencil, RotateCcw } from "lucide-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";

import { cn } from "../../lib/cn";
import { Badge } from "../../parts/Badge";
import { Button } from "../../parts/Button";
import { Control } from "./controls/Control";
import { isLocked, sameValue, type Setting } from "./model";
import { type Objection, type Saving, useSave } from "./useSave";
import { explanationOf, inWords, labelOf } from "./words";

/** Kinds whose control needs the whole width. */
const wide = ["list", "map"];

/** One setting: what it does, its control, where its value comes from and when a change counts. */
export function SettingRow({ setting }: { setting: Setting }) {
  const { t } = useTranslation();
  const id = useId();
  const saving = useSave(setting);
  const { key, kind, source, value, default: usual } = setting;
  const name = labelOf(key);
  const locked = isLocked(setting);
  const changed = source === "file" && !sameValue(value, usual);
  const described = [`${id}-text`, saving.objection && `${id}-wrong`].filter(Boolean).join(" ");
  return (
    <div
      role="group"
      aria-labelledby={`${id}-label`}
      data-setting={key}
      className={cn(
        "grid gap-x-8 gap-y-2 py-3.5 first:pt-1 last:pb-1",
        !wide.includes(kind.type) && "sm:grid-cols-[minmax(0,1fr)_minmax(0,19rem)]",
      )}
    >
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <label id={`${id}-label`} htmlFor={`${id}-control`} className="font-medium break-words">
            {name}
          </label>
          {changed && <Badge icon={Pencil}>{t("settings.changed")}</Badge>}
          {locked && <Badge icon={Lock}>{t("settings.locked.badge")}</Badge>}
        </div>
        <div id={`${id}-text`} className="mt-0.5 flex flex-col gap-1">
          {explanationOf(key) && <p className="max-w-[42rem] text-sm text-muted">{explanationOf(key)}</p>}
          {(source === "environment" || source === "flag") && <p className="text-sm text-ink">{t(`settings.locked.${source}`)}</p>}
          <p className="text-xs [overflow-wrap:anywhere] text-muted">
            {t("settings.default", { value: inWords(setting, usual) })}
            <span aria-hidden> · </span>
            <span>{t(`settings.applies.${setting.applies}`)}</span>
          </p>
        </div>
        {source === "file" && <Reset name={name} saving={saving} />}
      </div>
      <div className="flex min-w-0 flex-col gap-1.5 sm:items-end">
        <Control
          setting={setting}
          saving={saving}
          name={name}
          field={{
            id: `${id}-control`,
            "aria-describedby": described,
            disabled: locked,
            ...(saving.objection && { "aria-invalid": true as const }),
          }}
        />
        {saving.objection && <Wrong id={`${id}-wrong`} objection={saving.objection} saving={saving} />}
      </div>
    </div>
  );
}

function Reset({ name, saving }: { name: string; saving: Saving }) {
  const { t } = useTranslation();
  return (
    <Button look="link" size="sm" className="mt-0.5" aria-label={t("settings.resetOf", { name })} onClick={() => void saving.save(null)}>
      <RotateCcw aria-hidden />
      {t("settings.reset")}
    </Button>
  );
}

function Wrong({ id, objection, saving }: { id: string; objection: Objection; saving: Saving }) {
  const { t } = useTranslation();
  const { why, next, freePort } = objection;
  return (
    <div id={id} role="alert" className="flex w-full flex-col items-start gap-1.5 text-sm">
      <p className="flex gap-1.5 text-bad">
        <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
        <span className="min-w-0 break-words">{why}</span>
      </p>
      {next && <p className="text-muted">{next}</p>}
      {freePort !== null && (
        <Button size="sm" onClick={() => void saving.save(freePort)}>
          {t("app.server.useFree", { port: freePort })}
        </Button>
      )}
    </div>
  );
}
