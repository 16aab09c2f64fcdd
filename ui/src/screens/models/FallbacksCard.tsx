import { Pencil, Plus, Trash2, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAction } from "../../lib/hooks";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import { ErrorState } from "../../parts/ErrorState";
import { Field } from "../../parts/Field";
import { IconButton } from "../../parts/IconButton";
import { TextInput } from "../../parts/TextInput";
import { notify } from "../../parts/toast";
import { modelsOf } from "../keys/rules";
import { useModelActions } from "./actions";
import type { Models } from "./list";

type Fallback = Models["fallbacks"][number];

/** Names that stand for several models: the first that can answer does. */
export function FallbacksCard({ fallbacks }: { fallbacks: readonly Fallback[] }) {
  const { t } = useTranslation();
  const { setFallbacks, removeFallbacks } = useModelActions();
  const [draft, setDraft] = useState({ name: "", targets: "" });
  const remove = async ({ name, targets }: Fallback) => {
    try {
      await removeFallbacks(name);
      notify.undo(t("models.fallback.removed", { name }), t("common.undo"), () => void setFallbacks(name, targets));
    } catch (error) {
      notify.problem(t("models.changeFailed"), error);
    }
  };
  return (
    <Card title={t("models.fallback.title")}>
      <p className="mb-3 text-sm text-muted">{t("models.fallback.text")}</p>
      {fallbacks.length > 0 && (
        <ul className="mb-3 divide-y divide-line">
          {fallbacks.map((fallback) => (
            <li key={fallback.name} className="flex min-h-row flex-wrap items-center gap-x-1 py-1">
              <span className="min-w-0 flex-1 font-mono text-sm break-words">
                {fallback.name}
                {fallback.targets.map((target) => (
                  <span key={target}>
                    {" "}
                    <span className="text-muted">→</span> {target}
                  </span>
                ))}
              </span>
              <IconButton
                icon={Pencil}
                label={t("models.fallback.edit", { name: fallback.name })}
                onClick={() => setDraft({ name: fallback.name, targets: fallback.targets.join(", ") })}
              />
              <IconButton icon={Trash2} label={t("models.fallback.remove", { name: fallback.name })} onClick={() => void remove(fallback)} />
              {fallback.problem && (
                <span className="flex basis-full items-center gap-1.5 text-sm text-warn">
                  <TriangleAlert className="size-3.5 shrink-0" aria-hidden />
                  {fallback.problem}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      <FallbackForm draft={draft} onDraft={setDraft} known={fallbacks.some(({ name }) => name === draft.name.trim())} />
    </Card>
  );
}

interface FormProps {
  draft: { name: string; targets: string };
  onDraft: (draft: { name: string; targets: string }) => void;
  /** Whether there is one of this name, which is replaced then. */
  known: boolean;
}

function FallbackForm({ draft, onDraft, known }: FormProps) {
  const { t } = useTranslation();
  const { setFallbacks } = useModelActions();
  const { busy, trouble, run } = useAction();
  const targets = modelsOf(draft.targets);
  const whole = draft.name.trim() !== "" && targets.length > 0;
  const add = async () => {
    if (!whole) return;
    await run(async () => {
      await setFallbacks(draft.name.trim(), targets);
      onDraft({ name: "", targets: "" });
    });
  };
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <div className="flex flex-wrap items-end gap-2">
        <Field label={t("models.fallback.name")} className="flex-1 basis-36">
          {(control) => (
            <TextInput {...control} value={draft.name} onChange={(event) => onDraft({ ...draft, name: event.target.value })} placeholder="best" spellCheck={false} />
          )}
        </Field>
        <Field label={t("models.fallback.targets")} className="flex-2 basis-64">
          {(control) => (
            <TextInput
              {...control}
              value={draft.targets}
              onChange={(event) => onDraft({ ...draft, targets: event.target.value })}
              placeholder="aistudio/gemini-3-pro-preview, gemini/gemini-3-pro-preview"
              className="font-mono"
              spellCheck={false}
            />
          )}
        </Field>
        <Button type="submit" busy={busy} disabledReason={whole ? null : t("models.alias.incomplete")}>
          <Plus aria-hidden />
          {t(known ? "common.save" : "models.fallback.add")}
        </Button>
      </div>
      {trouble != null && <ErrorState compact title={t("models.fallback.failed")} error={trouble} />}
    </form>
  );
}
