import { useTranslation } from "react-i18next";

import type { EnrolmentView } from "../../../api/types";
import { Notice } from "../../../parts/Notice";

/** What the person should know of an enrolment's phase; nothing while Postern works, or where a step says it. */
export function PhaseNote({ of }: { of: EnrolmentView }) {
  const { t } = useTranslation();
  switch (of.phase) {
    case "working":
    case "stuck":
      return null;
    case "awaiting_person":
      return (
        <Notice tone="info" title={t("accounts.enrol.awaiting.title")}>
          <ol className="list-decimal space-y-0.5 pl-5">
            <li>{t("accounts.enrol.awaiting.signIn")}</li>
            <li>{t("accounts.enrol.awaiting.editor")}</li>
            <li>{t("accounts.enrol.awaiting.close")}</li>
          </ol>
        </Notice>
      );
    case "duplicate":
      return (
        <Notice tone="warn" title={t("accounts.enrol.duplicate.title", { name: of.account })}>
          <p>{t("accounts.enrol.duplicate.text", { name: of.account, email: of.email ?? of.account })}</p>
        </Notice>
      );
    case "interrupted":
      return (
        <Notice tone="warn" title={t("accounts.enrol.interrupted.title")}>
          <p>{t("accounts.enrol.interrupted.text")}</p>
        </Notice>
      );
    case "done":
      return (
        <Notice tone="good" title={t("accounts.enrol.done.title", { name: of.account })}>
          {of.email && <p>{of.email}</p>}
        </Notice>
      );
    case "cancelled":
      return (
        <Notice tone="neutral" title={t("accounts.enrol.cancelled.title")}>
          <p>{t("accounts.enrol.cancelled.text")}</p>
        </Notice>
      );
  }
}
