import { useTranslation } from "react-i18next";

import { curl } from "../lib/curl";
import { CodeBlock } from "../parts/CodeBlock";

const body = JSON.stringify({ model: "postern/echo", messages: [{ role: "user", content: "Hello" }] });

interface Props {
  label: string;
  baseUrl: string;
  /** Whether the server answers without a key. */
  open: boolean;
}

/** A command for a first request, which needs no account. */
export function FirstCall({ label, baseUrl, open }: Props) {
  const { t } = useTranslation();
  return (
    <div className="flex w-full flex-col gap-3 text-left">
      <CodeBlock label={label} code={curl({ baseUrl, key: open ? "none" : "variable", body })} wrap />
      {!open && <p className="text-sm text-muted">{t("app.firstCall.key")}</p>}
    </div>
  );
}
