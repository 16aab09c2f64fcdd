import { Check, Copy, TriangleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { copyText } from "../lib/clipboard";
import { cn } from "../lib/cn";
import { Button } from "./Button";
import { IconButton } from "./IconButton";

type Outcome = "do" | "done" | "failed";
const icons = { do: Copy, done: Check, failed: TriangleAlert };

interface Props {
  text: string;
  /** Which text, for the button's name: "Copy: base URL". */
  what: string;
  /** Shows this text beside the icon. */
  children?: string;
  look?: "primary" | "secondary" | "ghost";
  className?: string;
}

/** Copies a text and says so for a moment, to the eye and to a screen reader. */
export function CopyButton({ text, what, children, look = "secondary", className }: Props) {
  const { t } = useTranslation();
  const [outcome, setOutcome] = useState<Outcome>("do");
  useEffect(() => {
    if (outcome === "do") return;
    const back = setTimeout(() => setOutcome("do"), 1600);
    return () => clearTimeout(back);
  }, [outcome]);

  const copy = () => copyText(text).then(() => setOutcome("done"), () => setOutcome("failed"));
  const label = t(`common.copy.${outcome}`, { what });
  const Icon = icons[outcome];
  return (
    <>
      {children ? (
        <Button look={look} onClick={copy} aria-label={t("common.copy.do", { what })} className={cn(className)}>
          <Icon aria-hidden className={cn(outcome === "done" && look !== "primary" && "text-good")} />
          {children}
        </Button>
      ) : (
        <IconButton
          icon={Icon}
          label={label}
          onClick={copy}
          className={cn(outcome === "done" && "text-good hover:text-good", outcome === "failed" && "text-bad", className)}
        />
      )}
      <span role="status" className="sr-only">
        {outcome === "do" ? "" : label}
      </span>
    </>
  );
}
