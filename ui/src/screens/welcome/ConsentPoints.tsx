import { ExternalLink } from "lucide-react";
import { useTranslation } from "react-i18next";

import { host } from "../../host";
import { Button } from "../../parts/Button";

const points = ["terms", "risk", "spare", "password", "stored", "leave"] as const;
const terms = "https://policies.google.com/terms";

/** What using a Google account this way means, in plain words. */
export function ConsentPoints() {
  const { t } = useTranslation();
  return (
    <>
      <dl className="flex flex-col gap-3">
        {points.map((point) => (
          <div key={point}>
            <dt className="font-medium">{t(`welcome.consent.${point}.title`)}</dt>
            <dd className="text-muted">{t(`welcome.consent.${point}.text`)}</dd>
          </div>
        ))}
      </dl>
      <Button look="link" className="mt-3" onClick={() => void host.openExternal(terms)}>
        {t("welcome.consent.read")}
        <ExternalLink aria-hidden />
      </Button>
    </>
  );
}
