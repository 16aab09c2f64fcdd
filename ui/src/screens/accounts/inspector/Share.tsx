import { useTranslation } from "react-i18next";

import type { AccountView } from "../../../api/types";
import { Field } from "../../../parts/Field";
import { NumberInput } from "../../../parts/NumberInput";
import { type Share as Part, useAccountActions } from "../actions";

const limits: Record<Part, { min: number; max: number }> = {
  priority: { min: -100, max: 100 },
  weight: { min: 1, max: 100 },
};

/** Which share of the requests it gets where several accounts could answer; saved as soon as it is written. */
export function Share({ of }: { of: AccountView }) {
  const { t } = useTranslation();
  const { share } = useAccountActions();
  const field = (part: Part) => (
    <Field label={t(`accounts.share.${part}.label`)} hint={t(`accounts.share.${part}.hint`)}>
      {(control) => (
        <NumberInput {...control} {...limits[part]} value={of[part]} onChange={(value) => value !== null && void share(of, part, value)} className="w-24" />
      )}
    </Field>
  );
  return (
    <section className="flex flex-col gap-3">
      <h3 className="font-semibold">{t("accounts.share.title")}</h3>
      <div className="grid grid-cols-2 gap-4">
        {field("priority")}
        {field("weight")}
      </div>
    </section>
  );
}
