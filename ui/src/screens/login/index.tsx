import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { read } from "../../api/queries";
import { Trouble } from "../../api/trouble";
import type { Session } from "../../api/types";
import { exchangeLink, hasLink } from "../../app/link";
import { Gate } from "../../parts/GateMark";
import { Skeleton } from "../../parts/Skeleton";
import { LanguageChoice } from "./LanguageChoice";
import { NewPasswordForm } from "./NewPasswordForm";
import { NoPassword } from "./NoPassword";
import { PasswordForm } from "./PasswordForm";

interface Props {
  session: Session;
  /** The login has begun; the pages stay closed until it is done. */
  onBegin: () => void;
  onDone: () => void;
}

type Step = "link" | "password" | "new-password";

/** The way into the console from a browser: a link from the terminal, then a password of one's own. */
export function LoginScreen({ session, onBegin, onDone }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const first: Step = hasLink() ? "link" : session.signed_in && !session.password_set ? "new-password" : "password";
  const [step, setStep] = useState<Step>(first);
  const [refused, setRefused] = useState<Trouble | null>(null);

  const enter = (now: Session, next: Step | "done") => {
    if (next !== "done") {
      onBegin();
      setStep(next);
    }
    queries.setQueryData(read.session().queryKey, now);
    if (next === "done") onDone();
  };

  useEffect(() => {
    if (step !== "link") return;
    exchangeLink().then(
      (now) => enter(now, "new-password"),
      (error: unknown) => {
        setRefused(error instanceof Trouble ? error : new Trouble("internal", String(error)));
        setStep("password");
      },
    );
    // The link is exchanged once, when the page opens.
  }, []);

  if (step === "link") {
    return (
      <Door title={t("login.link.title")}>
        <Skeleton lines={2} />
      </Door>
    );
  }
  if (step === "new-password") {
    return (
      <Door title={t("login.new.title")} text={session.password_set ? t("login.new.again") : t("login.new.text")}>
        <NewPasswordForm onSet={(now) => enter(now, "done")} {...(session.password_set && { onKeep: () => enter(session, "done") })} />
      </Door>
    );
  }
  if (!session.password_set) {
    return (
      <Door title={t("login.none.title")}>
        <NoPassword refused={refused} />
      </Door>
    );
  }
  return (
    <Door title={t("login.title")} text={t("login.text")}>
      <PasswordForm refused={refused} onSignedIn={(now) => enter(now, "done")} />
    </Door>
  );
}

function Door({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Postern`;
  }, [title]);
  return (
    <main className="flex h-dvh flex-col items-center overflow-auto px-4 py-8">
      <div className="my-auto flex w-full max-w-sm flex-col gap-5">
        <div className="flex flex-col items-center gap-3 text-center">
          <Gate className="size-12" />
          <h1 className="text-xl font-semibold text-balance">{title}</h1>
          {text && <p className="text-muted text-balance">{text}</p>}
        </div>
        <div className="rounded-xl border border-line bg-card p-5 shadow-card">{children}</div>
        <div className="flex justify-center">
          <LanguageChoice />
        </div>
      </div>
    </main>
  );
}
