import { MessagesSquare } from "lucide-react";
import { useEffect, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../../parts/Button";
import { EmptyState } from "../../parts/EmptyState";
import { TextArea } from "../../parts/TextInput";
import { LiveAnswer } from "./LiveAnswer";
import { useBench } from "./theBench";
import { TurnCard } from "./TurnCard";

interface Props {
  /** Shows another view of the last request. */
  onShow: (view: "timing") => void;
}

/** The messages so far, and the answer that is coming. Follows its end as long as the end is in sight. */
export function Conversation({ onShow }: Props) {
  const { bench, state } = useBench();
  const { draft, exchange, busy } = state;
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    const { current } = scroller;
    if (current && atEnd.current) current.scrollTop = current.scrollHeight;
  }, [exchange, draft.turns]);
  useEffect(() => {
    // Whoever has just asked wants to see the answer.
    if (busy) atEnd.current = true;
  }, [busy]);

  const lastId = draft.turns.at(-1)?.id;
  const pending = exchange && (busy || exchange.phase === "failed");
  return (
    <div
      ref={scroller}
      onScroll={({ currentTarget: it }) => (atEnd.current = it.scrollHeight - it.scrollTop - it.clientHeight < 48)}
      className="h-full overflow-auto"
    >
      <div className="mx-auto flex max-w-4xl flex-col gap-3 pb-4">
        <System value={draft.system} onChange={(system) => bench.edit({ system })} />
        {draft.turns.length === 0 && !pending && <Beginning />}
        {draft.turns.map((turn) => (
          <TurnCard key={turn.id} turn={turn} bench={bench} last={turn.id === lastId} busy={busy} onTiming={() => onShow("timing")} />
        ))}
        {pending && <LiveAnswer exchange={exchange} busy={busy} onRetry={() => void bench.send()} />}
      </div>
    </div>
  );
}

function System({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  return (
    <details className="group rounded-lg border border-line bg-card" {...(value !== "" && { open: true })}>
      <summary className="min-h-9 rounded-lg px-3 py-1.5 text-sm font-medium text-muted hover:text-ink">{t("playground.system.label")}</summary>
      <div className="px-3 pb-3">
        <TextArea
          aria-label={t("playground.system.label")}
          placeholder={t("playground.system.placeholder")}
          rows={2}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      </div>
    </details>
  );
}

/** Something to begin with. */
function Beginning() {
  const { t } = useTranslation();
  const { bench } = useBench();
  const examples = ["explain", "table", "code"] as const;
  return (
    <EmptyState icon={MessagesSquare} title={t("playground.empty.title")} text={t("playground.empty.text")}>
      <div className="flex flex-wrap justify-center gap-2">
        {examples.map((name) => (
          <Button
            key={name}
            size="sm"
            onClick={() => {
              bench.write(t(`playground.example.${name}`));
              document.getElementById("playground-input")?.focus();
            }}
          >
            {t(`playground.example.${name}`)}
          </Button>
        ))}
      </div>
    </EmptyState>
  );
}
