import { useTranslation } from "react-i18next";

import { Page } from "../../parts/Page";
import { Skeleton } from "../../parts/Skeleton";

export function RequestsScreen() {
  const { t } = useTranslation();
  return (
    <Page title={t("app.nav.requests")}>
      <Skeleton lines={3} />
    </Page>
  );
}
