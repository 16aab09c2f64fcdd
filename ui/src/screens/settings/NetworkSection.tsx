import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import type { Schemas } from "../../api/types";
import { formatNumber } from "../../lib/format";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import { ErrorState } from "../../parts/ErrorState";
import { Notice } from "../../parts/Notice";
import { TextInput } from "../../parts/TextInput";
import type { Setting } from "./model";
import { SettingsCard } from "./SettingsCard";

/** Whom the test asks when nobody says otherwise; the server has the same. */
const usual = "https://www.google.com/generate_204";

/** How Postern gets out, and whether it does. */
export function NetworkSection({ settings }: { settings: readonly Setting[] }) {
  return (
    <>
      <SettingsCard section="network" settings={settings} />
      <NetworkTest />
    </>
  );
}

function NetworkTest() {
  const { t } = useTranslation();
  const id = useId();
  const [url, setUrl] = useState(usual);
  const test = useMutation({
    mutationFn: () => answer(client.POST("/api/network/test", { body: { url: url.trim() || usual } })),
  });
  return (
    <Card title={t("settings.network.title")}>
      <p className="mb-3 max-w-[42rem] text-sm text-muted">{t("settings.network.text")}</p>
      <form
        className="flex max-w-[42rem] flex-wrap items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          test.mutate();
        }}
      >
        <div className="flex min-w-0 flex-1 basis-64 flex-col gap-1">
          <label htmlFor={id} className="text-sm font-medium">
            {t("settings.network.url")}
          </label>
          <TextInput
            id={id}
            value={url}
            onChange={(event) => setUrl(event.target.value)}
            className="font-mono text-sm [font-variant-ligatures:none]"
          />
        </div>
        <Button type="submit" busy={test.isPending}>
          {t("settings.network.test")}
        </Button>
      </form>
      <div role="status" className="mt-3">
        {test.isSuccess && <Result report={test.data} />}
        {test.isError && <ErrorState compact title={t("settings.network.failed")} error={test.error} />}
      </div>
    </Card>
  );
}

function Result({ report }: { report: Schemas["NetworkReport"] }) {
  const { t } = useTranslation();
  const { outcome, status, way, why } = report;
  const by = way === "direct" ? t("settings.network.direct") : t("settings.network.via", { proxy: way });
  const took = t("settings.network.took", { milliseconds: formatNumber(report.milliseconds) });
  return (
    <Notice tone={outcome === "reached" ? "good" : "bad"} title={t(`settings.network.outcome.${outcome}`)}>
      <p className="text-sm">{[status != null && t("settings.network.status", { status }), by, took].filter(Boolean).join(" · ")}</p>
      {why && (
        <p lang="en" className="mt-1 text-sm break-words text-muted">
          {why}
        </p>
      )}
    </Notice>
  );
}
