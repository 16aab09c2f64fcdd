import { Link } from "@tanstack/react-router";
import { FlaskConical } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { formatNumber } from "../../lib/format";
import { Button } from "../../parts/Button";
import { CodeBlock } from "../../parts/CodeBlock";
import { Facts } from "../../parts/Facts";
import { Inspector } from "../../parts/Inspector";
import { Notice } from "../../parts/Notice";
import { Switch } from "../../parts/Switch";
import { useModelActions } from "./actions";
import type { Listed } from "./list";

/** One model: what is known of it, who serves it, and whether clients are offered it. */
export function ModelInspector({ of, onClose }: { of: Listed; onClose: () => void }) {
  const { t } = useTranslation();
  const { offer } = useModelActions();
  return (
    <Inspector title={of.card.display_name ?? of.name} onClose={onClose}>
      <div className="flex flex-col gap-5">
        <CodeBlock label={t("models.column.name")} code={of.name} quiet wrap />
        {of.card.description && <p className="text-muted select-text">{of.card.description}</p>}
        <label className="flex items-center justify-between gap-3">
          <span>{t("models.offer")}</span>
          <Switch checked={!of.excluded} onChange={(offered) => void offer(of, offered)} label={t("models.offerOf", { name: of.name })} />
        </label>
        {of.excluded && <Notice tone="neutral">{t("models.excluded")}</Notice>}
        <ModelFacts of={of} />
        {!of.excluded && (
          <Button asChild className="self-start">
            <Link to="/playground" search={{ model: of.name }}>
              <FlaskConical aria-hidden />
              {t("models.try")}
            </Link>
          </Button>
        )}
      </div>
    </Inspector>
  );
}

function ModelFacts({ of }: { of: Listed }) {
  const { t } = useTranslation();
  const { card } = of;
  const number = (value: number | null | undefined) => (value == null ? t("models.unknown") : formatNumber(value));
  const facts: [string, ReactNode][] = [
    [t("models.column.upstream"), of.upstream],
    [t("models.column.can"), card.thinking ? t("models.thinks") : t("models.thinksNot")],
    [t("models.fact.input"), number(card.input_tokens)],
    [t("models.fact.output"), number(card.output_tokens)],
    [t("models.fact.temperature"), number(card.default_temperature)],
    [t("models.fact.topP"), number(card.default_top_p)],
    [t("models.fact.topK"), number(card.default_top_k)],
    [t("models.fact.accounts"), of.accounts.length > 0 ? of.accounts.join(", ") : t("models.noAccount")],
  ];
  return <Facts facts={facts} />;
}
