import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import type { EnrolmentView, Schemas } from "../../../api/types";
import { Button } from "../../../parts/Button";
import { ErrorState } from "../../../parts/ErrorState";
import type { Done, Wish } from "./Enrolling";
import { useEnrolmentActions } from "./useEnrolments";

type Kind = Schemas["ProblemKind"];

/** Sessions that were brought along and are not valid here: signing in is the way out. */
const needSignIn: readonly Kind[] = ["not_signed_in", "bound_elsewhere", "blocked", "challenge"];
/** Files that do not open: another one, or another passphrase. */
const needFile: readonly Kind[] = ["bad_file", "wrong_passphrase"];
/** What the settings of the browser decide. */
const needBrowser: readonly Kind[] = ["browser_start", "no_driver", "confined", "policy"];

interface Props {
  of: EnrolmentView;
  /** One of several on the page: small, and none of them stands out. */
  among?: boolean;
  onClose?: () => void;
  onWish: (wish: Wish) => void;
  done: Done;
}

/** What can be done with an enrolment in its phase; the one that goes on last. */
export function Deeds({ of, among, onClose, onWish, done }: Props) {
  const { t } = useTranslation();
  const actions = useEnrolmentActions();
  const [doing, setDoing] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const size = among ? "sm" : "md";
  const look = among ? "secondary" : "primary";

  const run = (what: "signedIn" | "retry" | "replace" | "cancel") => async () => {
    setDoing(what);
    setTrouble(null);
    try {
      await actions[what](of.id);
      if (what === "cancel") onClose?.();
    } catch (error) {
      setTrouble(error);
    } finally {
      setDoing(null);
    }
  };
  const deed = (what: "signedIn" | "retry" | "replace" | "cancel", label: string, main: boolean): ReactNode => (
    <Button key={what} size={size} look={main ? look : "secondary"} busy={doing === what} onClick={() => void run(what)()}>
      {label}
    </Button>
  );
  return (
    <>
      {trouble != null && (
        <div className="basis-full">
          <ErrorState compact title={t("accounts.enrol.deed.failed")} error={trouble} />
        </div>
      )}
      {of.phase === "working" && (
        <>
          {deed("cancel", t("accounts.enrol.deed.callOff"), false)}
          {onClose && <Button onClick={onClose}>{t("accounts.enrol.deed.background")}</Button>}
        </>
      )}
      {of.phase === "awaiting_person" && (
        <>
          {deed("cancel", t("accounts.enrol.deed.callOff"), false)}
          {deed("signedIn", t("accounts.enrol.deed.signedIn"), true)}
        </>
      )}
      {of.phase === "stuck" && (
        <>
          {deed("cancel", t("accounts.enrol.deed.throwAway"), false)}
          <WayOut of={of} size={size} onWish={onWish} />
          {deed("retry", t("common.retry"), true)}
        </>
      )}
      {of.phase === "duplicate" && (
        <>
          {deed("cancel", t("accounts.enrol.deed.keepOld"), false)}
          {deed("replace", t("accounts.enrol.deed.replace", { name: of.account }), true)}
        </>
      )}
      {of.phase === "interrupted" && (
        <>
          {deed("cancel", t("accounts.enrol.deed.throwAway"), false)}
          {deed("retry", t("accounts.enrol.deed.goOn"), true)}
        </>
      )}
      {of.phase === "done" && (
        <>
          {!among && <Button onClick={() => onWish({ what: "sign-in" })}>{t("accounts.enrol.deed.another")}</Button>}
          <Button size={size} look={look} onClick={() => done.act(of.account)}>
            {done.label}
          </Button>
        </>
      )}
      {of.phase === "cancelled" && onClose && <Button onClick={onClose}>{t("common.close")}</Button>}
    </>
  );
}

/** Where the problem of the step that failed is solved, when it is not here. */
function WayOut({ of, size, onWish }: { of: EnrolmentView; size: "sm" | "md"; onWish: (wish: Wish) => void }) {
  const { t } = useTranslation();
  const failed = of.steps.find(({ state }) => state === "failed");
  if (failed?.state !== "failed") return null;
  const { kind } = failed.problem;
  const imported = of.kind === "cookies" || of.kind === "sealed_profile";
  if (imported && needSignIn.includes(kind)) {
    return (
      <Button size={size} onClick={() => onWish({ what: "sign-in" })}>
        {t("accounts.enrol.deed.signInInstead")}
      </Button>
    );
  }
  if (imported && needFile.includes(kind)) {
    return (
      <Button size={size} onClick={() => onWish({ what: "import" })}>
        {t("accounts.enrol.deed.otherFile")}
      </Button>
    );
  }
  if (!needBrowser.includes(kind)) return null;
  return (
    <Button asChild size={size}>
      <Link to="/settings/$section" params={{ section: "browser" }}>
        {t("accounts.next.browser")}
      </Link>
    </Button>
  );
}
