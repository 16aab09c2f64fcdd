import { useTranslation } from "react-i18next";

import { Segmented } from "../../../parts/Segmented";
import { Select } from "../../../parts/Select";
import { Switch } from "../../../parts/Switch";
import type { Setting } from "../model";
import type { Saving } from "../useSave";
import { optionLabel } from "../words";
import { LineControl } from "./LineControl";
import { ListControl } from "./ListControl";
import { MapControl } from "./MapControl";
import { NumberControl } from "./NumberControl";

/** What ties a control to its row. */
export interface RowField {
  id: string;
  "aria-describedby": string;
  "aria-invalid"?: true;
  /** Its name, where no visible label is tied to it. */
  "aria-label"?: string;
  disabled: boolean;
}

/** What every control is given. */
export interface ControlProps {
  setting: Setting;
  saving: Saving;
  field: RowField;
}

/** What a control is given whose parts have names of their own. */
export interface NamedControlProps extends ControlProps {
  /** The setting's name. */
  name: string;
}

/** The control of a setting, by what it accepts. */
export function Control({ name, ...props }: NamedControlProps) {
  const { setting, saving, field } = props;
  const { kind, value } = setting;
  switch (kind.type) {
    case "bool":
      return <Switch {...field} checked={value === true} onChange={(on) => void saving.save(on)} />;
    case "integer":
      return <NumberControl {...props} kind={kind} />;
    case "choice":
      return <Choice {...props} name={name} options={kind.options} />;
    case "text":
    case "path":
      return <TextControl {...props} />;
    case "list":
      return <ListControl {...props} name={name} />;
    case "map":
      return <MapControl {...props} name={name} />;
  }
}

/** Most words that are all shown beside each other. */
const SIDE_BY_SIDE = 3;

function Choice({ setting, saving, field, name, options }: NamedControlProps & { options: readonly string[] }) {
  const choices = options.map((value) => ({ value, label: optionLabel(setting.key, value), disabled: field.disabled }));
  const choose = (value: string) => void saving.save(value);
  if (options.length > SIDE_BY_SIDE) {
    return <Select {...field} value={String(setting.value)} onChange={choose} options={choices} className="w-full" />;
  }
  return <Segmented label={name} value={String(setting.value)} onChange={choose} options={choices} />;
}

function TextControl(props: ControlProps) {
  const { t } = useTranslation();
  return (
    <LineControl
      {...props}
      shown={String(props.setting.value ?? "")}
      read={(text) => ({ value: text })}
      placeholder={t("settings.value.none")}
      className="font-mono text-sm [font-variant-ligatures:none]"
    />
  );
}
