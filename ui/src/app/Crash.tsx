import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { Signpost } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button } from "../parts/Button";
import { EmptyState } from "../parts/EmptyState";
import { ErrorState } from "../parts/ErrorState";
import { Page } from "../parts/Page";

/** In the place of a page that broke; the rest of the console goes on. */
export function Crash({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  return <ErrorState title={t("app.crashed")} error={error} onRetry={reset} />;
}

/** In the place of a page that does not exist. */
export function Missing() {
  const { t } = useTranslation();
  return (
    <Page title={t("app.missing.title")}>
      <EmptyState icon={Signpost} title={t("app.missing.title")}>
        <Button asChild look="primary">
          <Link to="/">{t("app.missing.back")}</Link>
        </Button>
      </EmptyState>
    </Page>
  );
}
