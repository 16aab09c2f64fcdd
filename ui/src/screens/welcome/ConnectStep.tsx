import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read, useServer } from "../../api/queries";
import { useAction } from "../../lib/hooks";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import { CodeBlock } from "../../parts/CodeBlock";
import { Notice } from "../../parts/Notice";
import { notify } from "../../parts/toast";
import { TestCall } from "./TestCall";

/** What a client needs, and one request to see that it works. */
export function ConnectStep({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const server = useServer();
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <div className="flex flex-col gap-4">
      <Card title={t("welcome.connect.title")}>
        <p className="mb-4 text-muted">{t("welcome.connect.text")}</p>
        <div className="flex flex-col gap-4">
          {server?.state === "running" ? (
            <CodeBlock label={t("app.server.url")} code={server.base_url} />
          ) : (
            <Notice tone="warn">{t("welcome.connect.stopped")}</Notice>
          )}
          <Key secret={secret} onSecret={setSecret} />
        </div>
      </Card>
      <TestCall secret={secret} />
      <div className="flex flex-wrap justify-end gap-2">
        <Button asChild>
          <Link to="/connect">{t("welcome.connect.clients")}</Link>
        </Button>
        <Button look="primary" onClick={onDone}>
          {t("welcome.connect.done")}
        </Button>
      </div>
    </div>
  );
}

function Key({ secret, onSecret }: { secret: string | null; onSecret: (secret: string) => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const keys = useQuery(read.keys()).data;
  const { busy, run } = useAction();
  const create = async () => {
    const made = await answer(client.POST("/api/keys", { body: { name: t("welcome.connect.keyName") } }));
    if (made.secret) onSecret(made.secret);
    await Promise.all([queries.invalidateQueries({ queryKey: ["keys"] }), queries.invalidateQueries({ queryKey: ["setup"] })]);
  };
  const press = () => run(create, (error) => notify.problem(t("welcome.connect.keyFailed"), error));
  if (secret) {
    return (
      <div className="flex flex-col gap-2">
        <CodeBlock label={t("welcome.connect.key")} code={secret} />
        <p className="text-sm text-muted">{t("welcome.connect.once")}</p>
      </div>
    );
  }
  const count = keys?.total_count ?? 0;
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 rounded-md bg-sunken p-3">
      <p className="min-w-0 flex-1 basis-64 text-muted">
        {count > 0 ? t("welcome.connect.hasKeys", { count }) : t("welcome.connect.noKey")}
      </p>
      <Button busy={busy} onClick={() => void press()}>
        <KeyRound aria-hidden />
        {t("app.palette.createKey")}
      </Button>
    </div>
  );
}
