import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAction } from "../../lib/hooks";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import { Checkbox } from "../../parts/Checkbox";
import { notify } from "../../parts/toast";
import { ConsentPoints } from "./ConsentPoints";
import { changeSetup } from "./setup";

interface Props {
  given: boolean;
  onGiven: () => void;
  onBack: () => void;
}

/** What using a Google account this way means, in plain words, before one is used. */
export function ConsentStep({ given, onGiven, onBack }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [agreed, setAgreed] = useState(given);
  const { busy, run } = useAction();
  const save = async () => {
    if (!given) await changeSetup(queries, { consent: true });
    onGiven();
  };
  const press = () => run(save, (error) => notify.problem(t("app.saveFailed"), error));
  return (
    <Card title={t("welcome.consent.title")}>
      <ConsentPoints />
      <Checkbox checked={agreed} onChange={setAgreed} className="mt-4 rounded-md bg-sunken p-3">
        {t("welcome.consent.agree")}
      </Checkbox>
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onBack}>{t("welcome.back")}</Button>
        <Button look="primary" busy={busy} disabledReason={agreed ? null : t("welcome.consent.first")} onClick={() => void press()}>
          {t("welcome.next")}
        </Button>
      </div>
    </Card>
  );
}
