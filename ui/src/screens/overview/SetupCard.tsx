import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Circle, CircleCheck, X } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Setup } from "../../api/types";
import { cn } from "../../lib/cn";
import { Button } from "../../parts/Button";
import { IconButton } from "../../parts/IconButton";
import { notify } from "../../parts/toast";
import { changeSetup } from "../welcome/setup";

/** The first steps, until the first answer came or they are put away. */
export function SetupCard({ setup }: { setup: Setup }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const steps = [
    { name: "account", done: setup.has_account },
    { name: "key", done: setup.has_key },
    { name: "answer", done: setup.answered },
  ] as const;
  const dismiss = async () => {
    try {
      await changeSetup(queries, { dismissed: true });
    } catch (error) {
      notify.problem(t("app.saveFailed"), error);
    }
  };
  return (
    <section
      aria-label={t("overview.setup.title")}
      className="flex flex-wrap items-center gap-x-6 gap-y-3 rounded-lg border border-accent/30 bg-accent-soft/50 py-3 pr-3 pl-pad"
    >
      <h2 className="font-semibold">{t("overview.setup.title")}</h2>
      <ol className="flex min-w-0 flex-1 flex-wrap gap-x-5 gap-y-1.5">
        {steps.map(({ name, done }) => (
          <li key={name} className={cn("flex items-center gap-2", done && "text-muted")}>
            {done ? <CircleCheck className="size-4 text-good" aria-hidden /> : <Circle className="size-4 text-muted" aria-hidden />}
            {t(`overview.setup.${name}`)}
            {done && <span className="sr-only">{t("overview.setup.done")}</span>}
          </li>
        ))}
      </ol>
      <div className="flex items-center gap-1.5">
        <Button asChild look="primary" size="sm">
          <Link to="/welcome">{t("overview.setup.go")}</Link>
        </Button>
        <IconButton icon={X} label={t("overview.setup.dismiss")} onClick={() => void dismiss()} />
      </div>
    </section>
  );
}
