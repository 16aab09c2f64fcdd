import { ExternalLink } from "lucide-react";
import { useTranslation } from "react-i18next";

import { host } from "../../host";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import { CodeBlock } from "../../parts/CodeBlock";
import { type ClientCard, masked, type Values } from "./clients";

/** The exact steps for one client, and what can be copied into it. */
export function Guide({ client, values, secret }: { client: ClientCard; values: Values; secret: string | null }) {
  const { t } = useTranslation();
  const shown: Values = { ...values, key: secret ? masked(secret) : values.key };
  const words = { base: values.base, root: values.base.replace(/\/v1$/, ""), model: values.model };
  const step = t as unknown as (key: string, words: object) => string;
  return (
    <Card title={t("connect.guide", { name: client.name })}>
      <div className="flex flex-col gap-4">
        {client.steps > 0 && (
          <ol className="flex list-decimal flex-col gap-2 pl-5 marker:text-muted">
            {Array.from({ length: client.steps }, (_, index) => (
              <li key={index} className="pl-1">
                <Words text={step(`connect.client.${client.id}.${index + 1}`, words)} />
              </li>
            ))}
          </ol>
        )}
        {client.link && (
          <div className="flex flex-wrap items-center gap-3">
            <Button onClick={() => void host.openExternal(client.link?.(values) ?? "")}>
              <ExternalLink aria-hidden />
              {t("connect.link", { name: client.name })}
            </Button>
            <span className="text-sm text-muted">{t("connect.linkHint")}</span>
          </div>
        )}
        {client.snippets.map(({ label, code }) => (
          <CodeBlock key={label} label={t(`connect.snippet.${label}`)} code={code(shown)} copy={code(values)} />
        ))}
      </div>
    </Card>
  );
}

/** A sentence in which what stands between backticks is to be typed. */
function Words({ text }: { text: string }) {
  return text.split("`").map((part, index) =>
    index % 2 === 1 ? (
      <code key={index} className="rounded bg-sunken px-1 py-0.5 font-mono text-sm break-all select-text">
        {part}
      </code>
    ) : (
      part
    ),
  );
}
