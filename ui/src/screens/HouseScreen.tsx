import { useTranslation } from "react-i18next";

import { baseUrl, type HouseState } from "../host/house";
import { CodeLine } from "../parts/CodeLine";
import { Gate } from "../parts/Gate";
import { LanguageChoice } from "../parts/LanguageChoice";

const lamps = {
  stopped: "bg-muted",
  starting: "bg-muted",
  running: "bg-good",
  stopping: "bg-muted",
  failed: "bg-bad",
} as const;

/** What runs, where it is reached, and what to do next. */
export function HouseScreen({ house }: { house: HouseState }) {
  const { t } = useTranslation();
  return (
    <main className="mx-auto flex min-h-screen max-w-2xl flex-col gap-6 px-6 py-8">
      <header className="flex items-center gap-4">
        <Gate />
        <div>
          <h1 className="text-2xl font-semibold">Postern</h1>
          <p className="text-muted">{t("tagline")}</p>
        </div>
      </header>

      <section className="flex flex-col gap-4 rounded-xl border border-line bg-card p-5" aria-live="polite">
        <h2 className="flex items-center gap-2.5 text-lg font-medium">
          <span className={`size-2.5 rounded-full ${lamps[house.state]}`} aria-hidden="true" />
          {t(`state.${house.state}`)}
        </h2>
        {house.state === "running" && <Address url={baseUrl(house.address)} />}
        {house.state === "failed" && <Failure why={house.why} />}
      </section>

      {house.state === "running" && <NextSteps url={baseUrl(house.address)} />}

      <footer className="mt-auto flex items-center justify-between gap-4 text-sm text-muted">
        <p>{t("quit")}</p>
        <LanguageChoice />
      </footer>
    </main>
  );
}

function Address({ url }: { url: string }) {
  const { t } = useTranslation();
  return (
    <>
      <CodeLine label={t("address.label")} code={`${url}/v1`} />
      <p className="text-sm text-muted">{t("address.hint")}</p>
    </>
  );
}

function Failure({ why }: { why: string }) {
  const { t } = useTranslation();
  return (
    <>
      <p className="font-mono text-sm break-words whitespace-pre-wrap text-bad select-text">{why}</p>
      <p className="text-sm text-muted">{t("failed.hint")}</p>
    </>
  );
}

function NextSteps({ url }: { url: string }) {
  const { t } = useTranslation();
  const body = `{"model":"postern/echo","messages":[{"role":"user","content":"Hello"}]}`;
  return (
    <section className="flex flex-col gap-4">
      <h2 className="text-lg font-medium">{t("next.title")}</h2>
      <CodeLine
        label={t("next.check")}
        code={`curl ${url}/v1/chat/completions -H 'content-type: application/json' -d '${body}'`}
      />
      <CodeLine label={t("next.account")} code="postern account add me" />
      <CodeLine label={t("next.key")} code="postern key add my-client" />
    </section>
  );
}
