import { useTranslation } from "react-i18next";

import { CodeBlock } from "../../parts/CodeBlock";
import { readable } from "./code";
import { useNextRequest } from "./useNextRequest";

/** The request as it would be sent now. */
export function RequestTab() {
  const { t } = useTranslation();
  const request = useNextRequest();
  return (
    <div className="mx-auto flex max-w-4xl flex-col gap-2 pb-4">
      <p className="text-sm text-muted">{t("playground.request.text")}</p>
      <CodeBlock label={t("playground.tab.request")} quiet code={readable(request)} copy={JSON.stringify(request, null, 2)} wrap />
    </div>
  );
}
