import type { ReactNode } from "react";

import { Card } from "../../parts/Card";
import type { Setting } from "./model";
import { SettingRow } from "./SettingRow";
import { sectionText, sectionTitle } from "./words";

interface Props {
  section: string;
  settings: readonly Setting[];
  /** In the place of the section's own name. */
  title?: string;
  /** What to know before changing anything, above the settings. */
  note?: ReactNode;
}

/** The settings of a section, one below the other. */
export function SettingsCard({ section, settings, title, note }: Props) {
  const text = title === undefined ? sectionText(section) : undefined;
  if (settings.length === 0) return null;
  return (
    <Card title={title ?? sectionTitle(section)}>
      {text && <p className="mb-3 max-w-[42rem] text-sm text-muted">{text}</p>}
      {note && <div className="mb-3">{note}</div>}
      <div className="divide-y divide-line">
        {settings.map((setting) => (
          <SettingRow key={setting.key} setting={setting} />
        ))}
      </div>
    </Card>
  );
}
