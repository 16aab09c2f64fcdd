import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { notify } from "../../../parts/toast";
import { calls } from "../calls";
import { forget, patchDetails } from "../queries";
import type { Review } from "../useReview";
import type { Conversation, ThreadDetail, ThreadRow, Turn } from "../types";

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** What is done to the turns of a conversation. Each resolves when the console has it. */
export interface Edits {
  /** Keeps another version of it; the one that was said stays beside. Says so with `told`. */
  save: (next: Conversation, told?: string) => Promise<void>;
  revert: () => Promise<void>;
  pair: (at: number, chosen: Turn, rejected: Turn) => Promise<void>;
  removePair: (id: number) => Promise<void>;
}

export function useEdits(detail: ThreadDetail, review: Review, list: { patch: (change: (row: ThreadRow) => ThreadRow) => void }): Edits {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { id } = detail.row;
  const tell = (text: string) => notify.undo(text, t("common.undo"), () => void review.undo(), "conversations");
  const mark = (edited: boolean) => {
    const write = (row: ThreadRow) => (row.id === id ? { ...row, edited } : row);
    list.patch(write);
    patchDetails(queries, write);
  };
  const reread = () => forget(queries);
  const revert = async () => {
    await calls.revert(id);
    mark(false);
    reread();
    tell(t("conversations.did.reverted"));
  };
  return {
    save: async (next, told = t("conversations.did.edited")) => {
      if (same(next, detail.original ?? detail.conversation)) return detail.original ? revert() : undefined;
      await calls.edit(id, next);
      queries.setQueriesData<ThreadDetail>({ queryKey: ["conversation", id] }, (known) =>
        known && { ...known, conversation: next, original: known.original ?? known.conversation },
      );
      mark(true);
      reread();
      tell(told);
    },
    revert,
    pair: async (at, chosen, rejected) => {
      await calls.pair(id, { at_turn: at, chosen, rejected });
      reread();
      tell(t("conversations.did.paired"));
    },
    removePair: async (pair) => {
      await calls.removePair(pair);
      reread();
      tell(t("conversations.did.unpaired"));
    },
  };
}
