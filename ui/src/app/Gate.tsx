import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import { read } from "../api/queries";
import { ErrorState } from "../parts/ErrorState";
import { Frame } from "./Frame";
import { hasLink } from "./link";

const LoginScreen = lazy(() => import("../screens/login").then((module) => ({ default: module.LoginScreen })));

/** Lets in who may come in: the window always, a browser after its login. */
export function Gate() {
  const { t } = useTranslation();
  const session = useQuery(read.session());
  // A login has a second step: the password. Until it is over, a session alone does not open the pages.
  const [signingIn, setSigningIn] = useState(hasLink);

  if (session.data === undefined) {
    if (!session.error) return null;
    return (
      <main className="grid h-dvh place-items-center">
        <ErrorState title={t("app.unreachable")} error={session.error} onRetry={() => void session.refetch()} />
      </main>
    );
  }
  const { signed_in, password_set, visitor } = session.data;
  const inside = signed_in && (password_set || visitor === "window");
  if (inside && !signingIn) return <Frame />;
  return (
    <Suspense fallback={null}>
      <LoginScreen session={session.data} onBegin={() => setSigningIn(true)} onDone={() => setSigningIn(false)} />
    </Suspense>
  );
}
