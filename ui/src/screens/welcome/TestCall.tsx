import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Send } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import type { Schemas } from "../../api/types";
import { formatDuration, formatNumber } from "../../lib/format";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import { ErrorState } from "../../parts/ErrorState";
import { Field } from "../../parts/Field";
import { Notice } from "../../parts/Notice";
import { Select } from "../../parts/Select";

type Outcome = { is: "idle" } | { is: "busy" } | { is: "answered"; result: Schemas["ConnectResult"] } | { is: "failed"; error: unknown };

/** Sends one request as a client would and tells what came of it. */
export function TestCall({ secret }: { secret: string | null }) {
  const { t } = useTranslation();
  const models = useQuery(read.models()).data;
  const offered = (models?.upstreams ?? []).flatMap((upstream) => upstream.models.filter((model) => !model.excluded));
  // What an account serves says more than an echo does.
  const names = offered.map(({ name }) => name).sort((a, b) => Number(a.startsWith("postern/")) - Number(b.startsWith("postern/")));
  const [chosen, setChosen] = useState<string | null>(null);
  const model = chosen ?? names[0] ?? "postern/echo";
  const [outcome, setOutcome] = useState<Outcome>({ is: "idle" });

  const send = async () => {
    setOutcome({ is: "busy" });
    try {
      const body = { model, ...(secret && { key: secret }) };
      setOutcome({ is: "answered", result: await answer(client.POST("/api/connect/test", { body })) });
    } catch (error) {
      setOutcome({ is: "failed", error });
    }
  };
  const options = (names.length > 0 ? names : [model]).map((name) => ({ value: name, label: name }));
  return (
    <Card title={t("welcome.test.title")}>
      <div className="flex flex-wrap items-end gap-3">
        <Field label={t("welcome.test.model")} className="flex-1 basis-56">
          {(control) => <Select {...control} value={model} onChange={setChosen} options={options} className="w-full" />}
        </Field>
        <Button look="primary" busy={outcome.is === "busy"} onClick={() => void send()}>
          <Send aria-hidden />
          {t("welcome.test.send")}
        </Button>
      </div>
      <div aria-live="polite" className="mt-3 empty:hidden">
        {outcome.is === "failed" && <ErrorState compact title={t("welcome.test.failed")} error={outcome.error} />}
        {outcome.is === "answered" && <Result result={outcome.result} />}
      </div>
    </Card>
  );
}

function Result({ result }: { result: Schemas["ConnectResult"] }) {
  const { t } = useTranslation();
  if (!result.ok) {
    return (
      <Notice
        tone="bad"
        title={t("welcome.test.refused", { status: result.status })}
        actions={
          result.request_id && (
            <Button asChild size="sm">
              <Link to="/requests" search={{ id: result.request_id }}>
                {t("welcome.test.request")}
              </Link>
            </Button>
          )
        }
      >
        {result.error}
      </Notice>
    );
  }
  const tokens = (result.prompt_tokens ?? 0) + (result.completion_tokens ?? 0);
  const figures = [result.model, formatDuration(result.total_ms), tokens > 0 && t("welcome.test.tokens", { count: tokens, number: formatNumber(tokens) })];
  return (
    <Notice tone="good" title={t("welcome.test.ok")}>
      <p className="tabular text-sm text-muted">{figures.filter(Boolean).join(" · ")}</p>
      {result.answer && <p className="mt-1 line-clamp-3">{result.answer}</p>}
    </Notice>
  );
}
