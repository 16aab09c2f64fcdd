import { useTranslation } from "react-i18next";

import type { Schemas } from "../../../api/types";

/** Why a step failed: what it was, what to do next, and what exactly was seen. */
export function Problem({ of }: { of: Schemas["EnrolmentProblem"] }) {
  const { t } = useTranslation();
  return (
    <div className="mt-1 flex flex-col gap-1 rounded-md bg-bad-soft px-3 py-2.5 forced-colors:border">
      <p className="font-medium text-bad">{t(`accounts.problem.${of.kind}.title`)}</p>
      <p>{t(`accounts.problem.${of.kind}.next`)}</p>
      {of.message && <p className="text-sm break-words text-muted select-text">{of.message}</p>}
    </div>
  );
}
