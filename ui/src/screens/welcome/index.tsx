import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { read } from "../../api/queries";
import { cn } from "../../lib/cn";
import { Button } from "../../parts/Button";
import { ErrorState } from "../../parts/ErrorState";
import { Page } from "../../parts/Page";
import { Skeleton } from "../../parts/Skeleton";
import { notify } from "../../parts/toast";
import { AccountStep } from "./AccountStep";
import { ConnectStep } from "./ConnectStep";
import { ConsentStep } from "./ConsentStep";
import { HaveStep } from "./HaveStep";
import { changeSetup } from "./setup";

const steps = ["have", "consent", "account", "connect"] as const;
type Step = (typeof steps)[number];

/** The first run: from nothing to a first answer. The server runs already, and every step can be left out. */
export function WelcomeScreen() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const setup = useQuery(read.setup());
  const [step, setStep] = useState<Step>("have");

  const leave = async () => {
    try {
      await changeSetup(queries, { dismissed: true });
    } catch (error) {
      // Leaving is never refused; the card on the overview stays then.
      notify.problem(t("app.saveFailed"), error);
    }
    void navigate({ to: "/" });
  };

  return (
    <Page
      title={t("welcome.title")}
      text={t("welcome.text")}
      actions={
        <Button look="ghost" onClick={() => void leave()}>
          {t("welcome.skip")}
        </Button>
      }
    >
      <div className="mx-auto flex max-w-3xl flex-col gap-5">
        <Steps step={step} onStep={setStep} />
        {setup.data ? (
          <>
            {step === "have" && (
              <HaveStep onGoogle={() => setStep(setup.data.consent_at == null ? "consent" : "account")} onEcho={() => setStep("connect")} />
            )}
            {step === "consent" && <ConsentStep given={setup.data.consent_at != null} onGiven={() => setStep("account")} onBack={() => setStep("have")} />}
            {step === "account" && <AccountStep consent={setup.data.consent_at != null} onConsent={() => setStep("consent")} onNext={() => setStep("connect")} />}
            {step === "connect" && <ConnectStep onDone={() => void leave()} />}
          </>
        ) : setup.isError ? (
          <ErrorState title={t("welcome.unread")} error={setup.error} onRetry={() => void setup.refetch()} />
        ) : (
          <Skeleton lines={3} className="h-20" />
        )}
      </div>
    </Page>
  );
}

function Steps({ step, onStep }: { step: Step; onStep: (step: Step) => void }) {
  const { t } = useTranslation();
  const at = steps.indexOf(step);
  return (
    <nav aria-label={t("welcome.steps")}>
      <ol className="flex flex-wrap gap-x-1 gap-y-2 pt-1">
        {steps.map((name, index) => (
          <li key={name} className="flex min-w-36 flex-1">
            <button
              type="button"
              onClick={() => onStep(name)}
              {...(name === step && { "aria-current": "step" as const })}
              className={cn(
                "flex min-h-9 w-full items-center gap-2 border-t-2 pt-1.5 text-left text-sm transition-colors duration-100",
                index <= at ? "border-accent" : "border-line",
                name === step ? "font-medium text-ink" : "text-muted hover:text-ink",
              )}
            >
              <span className="tabular">{index + 1}</span>
              {t(`welcome.step.${name}`)}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
