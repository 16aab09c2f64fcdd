import { useTranslation } from "react-i18next";

import type { EnrolmentView } from "../../../api/types";

/** How enrolments are, in a sentence for who cannot see the list: it is read out when it changes. */
export function useSaid(enrolments: readonly EnrolmentView[]): string {
  const { t } = useTranslation();
  const one = (of: EnrolmentView): string => {
    const name = of.file ?? of.name;
    const failed = of.steps.find(({ state }) => state === "failed");
    const running = of.steps.find(({ state }) => state === "running");
    if (of.phase === "done") return t("accounts.enrol.done.title", { name: of.account });
    if (of.phase === "duplicate") return t("accounts.enrol.duplicate.title", { name: of.account });
    if (of.phase === "interrupted") return t("accounts.enrol.said.interrupted", { name });
    if (of.phase === "cancelled") return t("accounts.enrol.cancelled.title");
    if (of.phase === "awaiting_person") return t("accounts.enrol.awaiting.title");
    if (failed?.state === "failed") {
      const step = t(`accounts.enrol.step.${failed.step}`);
      return t("accounts.enrol.said.failed", { name, step, problem: t(`accounts.problem.${failed.problem.kind}.title`) });
    }
    return running ? t("accounts.enrol.said.running", { name, step: t(`accounts.enrol.step.${running.step}`) }) : "";
  };
  return enrolments.map(one).join(" ");
}
