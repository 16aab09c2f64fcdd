import { useTranslation } from "react-i18next";

import type { AccountDetail } from "../../../api/types";
import { formatNumber } from "../../../lib/format";

/** What the account did today, model by model. */
export function Today({ uses }: { uses: AccountDetail["uses_today"] }) {
  const { t } = useTranslation();
  return (
    <section className="flex flex-col gap-1.5">
      <h3 className="font-semibold">{t("accounts.today.title")}</h3>
      {uses.length === 0 ? (
        <p className="text-muted">{t("accounts.today.none")}</p>
      ) : (
        <table className="tabular w-full">
          <thead className="text-sm text-muted">
            <tr>
              <th className="py-1 text-left font-normal">{t("accounts.today.model")}</th>
              <th className="py-1 pl-3 text-right font-normal">{t("accounts.today.answers")}</th>
              <th className="py-1 pl-3 text-right font-normal">{t("accounts.today.failures")}</th>
            </tr>
          </thead>
          <tbody>
            {uses.map(({ model, answers, failures }) => (
              <tr key={model} className="border-t border-line">
                <td className="py-1 break-all">{model}</td>
                <td className="py-1 pl-3 text-right">{formatNumber(answers)}</td>
                <td className={failures > 0 ? "py-1 pl-3 text-right text-bad" : "py-1 pl-3 text-right text-muted"}>{formatNumber(failures)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
