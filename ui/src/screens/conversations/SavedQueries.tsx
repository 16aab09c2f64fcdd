import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Bookmark, BookmarkPlus, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { cn } from "../../lib/cn";
import { useAction } from "../../lib/hooks";
import { Button } from "../../parts/Button";
import { Dialog } from "../../parts/Dialog";
import { Field } from "../../parts/Field";
import { IconButton } from "../../parts/IconButton";
import { TextInput } from "../../parts/TextInput";
import { notify } from "../../parts/toast";
import { describeTrouble } from "../../api/trouble";
import { calls } from "./calls";
import { isAsked, queue, same, tidy } from "./filter";
import { readings } from "./queries";
import type { Filter, SavedQuery } from "./types";

interface Props {
  filter: Filter;
  onChange: (filter: Filter) => void;
}

/** Questions that somebody keeps, to be asked again with one press. */
export function SavedQueries({ filter, onChange }: Props) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { data: saved = [] } = useQuery(readings.queries());
  const [naming, setNaming] = useState(false);
  const reread = () => queries.invalidateQueries({ queryKey: ["conversation queries"] });
  const remove = async (query: SavedQuery) => {
    try {
      await calls.removeQuery(query.id);
      const back = () => void calls.saveQuery(query.name, query.filter).then(reread);
      notify.undo(t("conversations.query.removed", { name: query.name }), t("common.undo"), back, "conversation query");
    } catch (error) {
      notify.problem(t("conversations.failed.query"), error);
    }
    await reread();
  };
  const known = saved.some((query) => same(query.filter, filter));
  return (
    <>
      {saved.length > 0 && (
        <ul aria-label={t("conversations.query.title")} className="mb-1 flex flex-col border-b border-line pb-1.5">
          {saved.map((query) => {
            const on = same(query.filter, filter);
            return (
              <li key={query.id} className="group flex items-center">
                <button
                  type="button"
                  aria-pressed={on}
                  onClick={() => onChange(on ? queue : tidy(query.filter))}
                  className={cn(
                    "flex min-h-7 min-w-0 flex-1 items-center gap-1.5 rounded-md px-2 text-left text-sm outline-offset-[-2px] hover:bg-hover",
                    on && "bg-accent-soft font-medium text-accent",
                  )}
                >
                  <Bookmark className="size-3.5 shrink-0" aria-hidden />
                  <span className="truncate">{query.name}</span>
                </button>
                <IconButton
                  icon={X}
                  label={t("conversations.query.remove", { name: query.name })}
                  onClick={() => void remove(query)}
                  className="opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 focus-visible:opacity-100"
                />
              </li>
            );
          })}
        </ul>
      )}
      {isAsked(filter) && !known && (
        <Button size="sm" look="ghost" className="justify-start text-accent" onClick={() => setNaming(true)}>
          <BookmarkPlus aria-hidden />
          {t("conversations.query.save")}
        </Button>
      )}
      {naming && <Naming filter={filter} onClose={() => setNaming(false)} onSaved={() => void reread()} />}
    </>
  );
}

function Naming({ filter, onClose, onSaved }: { filter: Filter; onClose: () => void; onSaved: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const { busy, trouble, run } = useAction();
  const save = async () => {
    if (name.trim() === "") return;
    if (await run(() => calls.saveQuery(name.trim(), filter))) {
      onSaved();
      onClose();
    }
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("conversations.query.save")}
      footer={
        <Button look="primary" busy={busy} disabledReason={name.trim() === "" ? t("conversations.query.nameFirst") : null} onClick={() => void save()}>
          {t("common.save")}
        </Button>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field label={t("conversations.query.name")} {...(trouble !== null && { error: describeTrouble(trouble).why })}>
          {(control) => <TextInput {...control} autoFocus value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
      </form>
    </Dialog>
  );
}
