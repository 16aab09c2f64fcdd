import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import type { Schemas } from "../../../api/types";
import { cn } from "../../../lib/cn";
import { Badge } from "../../../parts/Badge";
import { Button } from "../../../parts/Button";
import { Notice } from "../../../parts/Notice";
import { RadioCard, RadioCards } from "../../../parts/RadioCards";

type Choice = Schemas["BrowserChoice"];

interface Props {
  browsers: readonly Choice[];
  value: string | null;
  onChange: (path: string) => void;
}

/** The browsers of this machine, and why some of them cannot be used. */
export function BrowserPick({ browsers, value, onChange }: Props) {
  const { t } = useTranslation();
  const fine = browsers.some(({ problem }) => problem == null);
  return (
    <div className="flex flex-col gap-1.5">
      <h3 id="browser-pick" className="text-sm font-medium">
        {t("accounts.signIn.browser")}
      </h3>
      {!fine && (
        <Notice
          tone="warn"
          title={t("accounts.signIn.noBrowser")}
          actions={
            <Button asChild size="sm">
              <Link to="/settings/$section" params={{ section: "browser" }}>
                {t("accounts.next.browser")}
              </Link>
            </Button>
          }
        >
          <p>{t("accounts.signIn.noBrowserText")}</p>
        </Notice>
      )}
      {browsers.length > 0 && (
        <RadioCards labelledBy="browser-pick" value={value} onChange={onChange}>
          {browsers.map((browser) => (
            <One key={browser.path} browser={browser} />
          ))}
        </RadioCards>
      )}
    </div>
  );
}

function One({ browser }: { browser: Choice }) {
  const { t } = useTranslation();
  const { problem } = browser;
  return (
    <RadioCard value={browser.path} disabled={problem != null}>
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className={cn("font-medium", problem != null && "text-muted")}>{browser.name}</span>
        {browser.version && <span className="tabular text-sm text-muted">{browser.version}</span>}
        {browser.preferred && problem == null && <Badge tone="good">{t("accounts.signIn.preferred")}</Badge>}
      </span>
      <span className="block truncate font-mono text-xs text-muted">{browser.path}</span>
      {problem && (
        <span className="mt-1 block text-sm">
          <span className="font-medium text-warn">{t(`accounts.problem.${problem.kind}.title`)}</span>
          <span className="block text-muted">{t(`accounts.problem.${problem.kind}.next`)}</span>
          <span className="block text-muted">{problem.message}</span>
        </span>
      )}
    </RadioCard>
  );
}
