import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useServer } from "../../api/queries";
import { KEY_VARIABLE } from "../../lib/curl";
import { CodeBlock } from "../../parts/CodeBlock";
import { Segmented } from "../../parts/Segmented";
import { code, type CodeKind } from "./code";
import { useNextRequest } from "./useNextRequest";

const kinds: readonly { value: CodeKind; label: string }[] = [
  { value: "curl", label: "curl" },
  { value: "python", label: "Python" },
  { value: "node", label: "Node.js" },
];

/** The same request as code of one's own program. */
export function CodeTab() {
  const { t } = useTranslation();
  const request = useNextRequest();
  const server = useServer();
  const [kind, setKind] = useState<CodeKind>("curl");
  const baseUrl = server?.state === "running" ? server.base_url : `http://${server?.configured ?? "127.0.0.1:2048"}/v1`;
  return (
    <div className="mx-auto flex max-w-4xl flex-col items-start gap-3 pb-4">
      <Segmented label={t("playground.code.language")} value={kind} onChange={setKind} options={kinds} />
      <p className="text-sm text-muted">{t(server?.open ? "playground.code.open" : "playground.code.key", { name: KEY_VARIABLE })}</p>
      <CodeBlock label={t("playground.tab.code")} quiet code={code(kind, request, baseUrl)} className="w-full" />
    </div>
  );
}
