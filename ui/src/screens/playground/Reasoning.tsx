import { Brain, ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";

import { formatDuration } from "../../lib/format";

interface Props {
  text: string;
  /** How long it took, or has taken so far. */
  ms: number | undefined;
  /** Whether it still goes on. */
  thinking?: boolean;
}

/** What the model thought before it answered, folded. */
export function Reasoning({ text, ms, thinking }: Props) {
  const { t } = useTranslation();
  const word = thinking ? "now" : ms === undefined ? "some" : "done";
  return (
    <details className="group/fold mb-2 rounded-md border border-line bg-sunken text-sm">
      <summary className="flex min-h-8 items-center gap-2 rounded-md px-2.5 text-muted hover:text-ink">
        <Brain className="size-4 shrink-0" aria-hidden />
        <ChevronRight className="order-last ml-auto size-4 transition-transform duration-100 group-open/fold:rotate-90" aria-hidden />
        {t(`playground.reasoning.${word}`, { time: formatDuration(ms ?? 0) })}
      </summary>
      <p className="px-2.5 pb-2.5 break-words whitespace-pre-wrap text-muted select-text">{text}</p>
    </details>
  );
}
