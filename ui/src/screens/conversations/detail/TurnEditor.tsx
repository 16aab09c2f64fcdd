import { type KeyboardEvent, type RefObject, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAction, useLatest } from "../../../lib/hooks";
import { Button } from "../../../parts/Button";
import { ErrorState } from "../../../parts/ErrorState";
import { Field } from "../../../parts/Field";
import { TextArea } from "../../../parts/TextInput";
import type { Part, Turn } from "../types";
import { DiffView } from "./DiffView";
import { plainText, textIn, withText } from "./edit";

interface Props {
  turn: Turn;
  /** The turn before anybody edited it. */
  original: Turn | undefined;
  onSave: (turn: Turn) => Promise<unknown>;
  /** Keeps the conversation, and the new text as the better answer; for answers only. */
  onPrefer: ((turn: Turn) => Promise<unknown>) | undefined;
  onClose: () => void;
  /** Where the page finds what is being written, so that nothing is lost when somebody goes on. */
  writing: RefObject<(() => Promise<boolean>) | undefined>;
}

/** Writes a turn anew. What differs from what was said is shown as one writes. */
export function TurnEditor({ turn, original, onSave, onPrefer, onClose, writing }: Props) {
  const { t } = useTranslation();
  const [parts, setParts] = useState<Part[]>(() => (turn.parts.some((part) => textIn(part) !== undefined) ? turn.parts : [...turn.parts, { type: "text", text: "" }]));
  const { busy, trouble, run } = useAction();
  const draft: Turn = { ...turn, parts: parts.filter((part) => textIn(part) !== "" || part.type === "tool_call") };
  const untouched = JSON.stringify(draft.parts) === JSON.stringify(turn.parts);
  const finish = async (how: (turn: Turn) => Promise<unknown>) => {
    if (untouched) {
      onClose();
      return true;
    }
    const done = await run(() => how(draft));
    if (done) onClose();
    return done;
  };
  const latest = useLatest(() => finish(onSave));
  useEffect(() => {
    writing.current = () => latest.current();
    return () => {
      writing.current = undefined;
    };
  }, [writing, latest]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") onClose();
    else if (event.key.toLowerCase() === "s" && (event.ctrlKey || event.metaKey)) void finish(onSave);
    else return;
    event.preventDefault();
  };
  const write = (at: number, text: string) => setParts(parts.map((part, index) => (index === at ? withText(part, text) : part)));
  const [before, after] = [plainText(original ?? turn), plainText(draft)];
  const first = parts.findIndex((part) => textIn(part) !== undefined);
  return (
    <div className="flex flex-col gap-2.5" onKeyDown={onKeyDown}>
      {parts.map((part, index) => {
        const text = textIn(part);
        if (text === undefined) return null;
        const label = t(`conversations.editor.${part.type as "text"}`, { name: part.type === "tool_call" ? part.name : "" });
        return (
          <Field key={index} label={label} quiet={part.type === "text"}>
            {(control) => (
              <TextArea
                {...control}
                autoFocus={index === first}
                value={text}
                onChange={(event) => write(index, event.target.value)}
                className={part.type === "tool_call" ? "max-h-[50vh] font-mono text-sm" : "max-h-[50vh] min-h-24"}
              />
            )}
          </Field>
        );
      })}
      {before !== after && (
        <details open className="rounded-md border border-line bg-sunken">
          <summary className="min-h-7 px-2.5 py-1 text-xs font-medium text-muted">{t("conversations.diff.title")}</summary>
          <DiffView before={before} after={after} className="max-h-64 overflow-auto px-2.5 pb-2 text-sm" />
        </details>
      )}
      {trouble !== null && <ErrorState compact title={t("conversations.failed.edit")} error={trouble} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button size="sm" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        {onPrefer && (
          <Button size="sm" busy={busy} disabledReason={untouched ? t("conversations.editor.nothing") : null} onClick={() => void finish(onPrefer)}>
            {t("conversations.editor.prefer")}
          </Button>
        )}
        <Button size="sm" look="primary" busy={busy} onClick={() => void finish(onSave)}>
          {t("common.save")}
        </Button>
      </div>
    </div>
  );
}
