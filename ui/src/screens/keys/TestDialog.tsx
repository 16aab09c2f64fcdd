import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import type { Schemas } from "../../api/types";
import { useAction } from "../../lib/hooks";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { ErrorState } from "../../parts/ErrorState";
import { Field } from "../../parts/Field";
import { Notice } from "../../parts/Notice";
import { TextInput } from "../../parts/TextInput";

/** Tells whether a secret that a client holds opens the door. */
export function TestDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [key, setKey] = useState("");
  const { busy, trouble, run } = useAction();
  const [tested, setTested] = useState<Schemas["KeyTested"] | null>(null);

  const test = async () => {
    if (!key.trim()) return;
    await run(async () => {
      setTested(null);
      setTested(await answer(client.POST("/api/keys/test", { body: { key: key.trim() } })));
    });
  };

  return (
    <Dialog open onOpenChange={onClose} title={t("keys.test.title")} text={t("keys.test.text")} footer={
      <>
        <Button onClick={onClose}>{t("common.close")}</Button>
        <Button look="primary" busy={busy} disabledReason={key.trim() ? null : t("keys.test.nothing")} onClick={() => void test()}>
          {t("keys.test.do")}
        </Button>
      </>
    }>
      <form className="flex flex-col gap-4" onSubmit={(event) => {
        event.preventDefault();
        void test();
      }}>
        <Field label={t("keys.test.key")}>
          {(control) => <TextInput {...control} type="password" autoComplete="off" value={key} onChange={(event) => setKey(event.target.value)} autoFocus />}
        </Field>
        {tested && <Outcome tested={tested} />}
        {trouble != null && <ErrorState compact title={t("keys.test.failed")} error={trouble} />}
      </form>
    </Dialog>
  );
}

function Outcome({ tested }: { tested: Schemas["KeyTested"] }) {
  const { t } = useTranslation();
  if (tested.valid && tested.key) return <Notice tone="good">{t("keys.test.opens", { name: tested.key.name })}</Notice>;
  if (tested.valid) return <Notice tone="info">{t("keys.test.open")}</Notice>;
  if (tested.key) return <Notice tone="bad">{t("keys.test.closed", { name: tested.key.name })}</Notice>;
  return <Notice tone="bad">{t("keys.test.unknown")}</Notice>;
}
