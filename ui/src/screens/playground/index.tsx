import { useTranslation } from "react-i18next";

import { Page } from "../../parts/Page";
import { Skeleton } from "../../parts/Skeleton";

export function PlaygroundScreen() {
  const { t } = useTranslation();
  return (
    <Page title={t("app.nav.playground")}>
      <Skeleton lines={3} />
    </Page>
  );
}
