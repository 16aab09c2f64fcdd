import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { formatNumber } from "../../lib/format";
import { ConfirmDialog } from "../../parts/ConfirmDialog";
import { notify } from "../../parts/toast";
import { calls } from "./calls";
import type { ThreadList } from "./list";
import { forget } from "./queries";
import type { Selection } from "./types";

interface Props {
  selection: Selection;
  /** How many that are. */
  count: number;
  list: ThreadList;
  onClose: () => void;
  /** Called when they are gone. */
  onGone: () => void;
}

/** Asks before conversations are deleted with everything that was recorded of them. */
export function DeleteDialog({ selection, count, list, onClose, onGone }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const remove = async () => {
    const { deleted } = await calls.remove(selection);
    if ("ids" in selection) list.drop(new Set(selection.ids));
    onGone();
    forget(queries);
    if ("matching" in selection) void list.reload();
    notify.done(t("conversations.did.deleted", { count: deleted }));
  };
  const shown = formatNumber(count);
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={t("conversations.delete.title", { count, shown })}
      text={t("conversations.delete.text")}
      action={t("conversations.delete.action")}
      onConfirm={remove}
      {...(count >= 100 && { typed: shown })}
    />
  );
}
