import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

type Outcome = "do" | "done" | "failed";

/** Copies a text and says so for a moment. `what` tells a screen reader which text. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const { t } = useTranslation();
  const [outcome, setOutcome] = useState<Outcome>("do");

  useEffect(() => {
    if (outcome === "do") return;
    const back = setTimeout(() => setOutcome("do"), 1600);
    return () => clearTimeout(back);
  }, [outcome]);

  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setOutcome("done"),
      () => setOutcome("failed"),
    );

  return (
    <button
      type="button"
      onClick={copy}
      aria-label={`${t(`copy.${outcome}`)}: ${what}`}
      aria-live="polite"
      className="shrink-0 rounded-md border border-line px-2.5 py-1 text-sm text-accent hover:bg-ground focus-visible:outline-2 focus-visible:outline-accent"
    >
      {t(`copy.${outcome}`)}
    </button>
  );
}
