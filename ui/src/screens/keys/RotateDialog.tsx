import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import { useAction } from "../../lib/hooks";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { ErrorState } from "../../parts/ErrorState";
import { Field } from "../../parts/Field";
import { Select } from "../../parts/Select";
import type { Key } from "./rules";
import type { Shown } from "./SecretDialog";

/** How long the old secret still opens, in seconds. */
const graces = ["0", "3600", "86400", "604800"] as const;

/** Gives a key a new secret while clients still use the old one for a while. */
export function RotateDialog({ of, onClose, onMade }: { of: Key; onClose: () => void; onMade: (made: Shown) => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [grace, setGrace] = useState<(typeof graces)[number]>("86400");
  const { busy, trouble, run } = useAction({ leaves: true });

  const rotate = () =>
    run(async () => {
      const params = { path: { id: of.id } };
      const made = await answer(client.POST("/api/keys/{id}/rotate", { params, body: { grace_s: Number(grace) } }));
      await queries.invalidateQueries(read.keys());
      onMade({ name: of.name, secret: made.secret ?? "", rotated: true });
    });

  return (
    <Dialog open onOpenChange={onClose} title={t("keys.rotate.title", { name: of.name })} text={t("keys.rotate.text")} footer={
      <>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button look="primary" busy={busy} onClick={() => void rotate()}>{t("keys.rotate.do")}</Button>
      </>
    }>
      <Field label={t("keys.rotate.grace")}>
        {(control) => (
          <Select {...control} value={grace} onChange={setGrace} options={graces.map((value) => ({ value, label: t(`keys.rotate.graces.${value}`) }))} />
        )}
      </Field>
      {trouble != null && <ErrorState compact title={t("keys.rotate.failed")} error={trouble} />}
    </Dialog>
  );
}
