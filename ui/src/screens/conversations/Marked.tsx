import { useContext } from "react";
import { useTranslation } from "react-i18next";

import { cn } from "../../lib/cn";
import { cut, type Mark } from "./detail/marks";
import { RedactContext } from "./detail/redact";

/** A text in which what was searched for and what is secret can be seen; or the text as it would be without the secrets. */
export function Marked({ text, marks }: { text: string; marks: readonly Mark[] }) {
  const { t } = useTranslation();
  const redacted = useContext(RedactContext);
  if (marks.length === 0) return <>{text}</>;
  return (
    <>
      {cut(text, marks).map(({ text: piece, mark }, index) => {
        if (!mark) return piece;
        const secret = mark.kind === "secret";
        return (
          <mark
            key={index}
            {...(secret && mark.instead && { title: t("conversations.finding.becomes", { what: mark.instead }) })}
            className={cn("rounded-sm px-0.5 text-ink", secret ? "bg-bad-soft underline decoration-bad decoration-wavy underline-offset-2" : "bg-warn-soft font-medium")}
          >
            {(secret && redacted && mark.instead) || piece}
          </mark>
        );
      })}
    </>
  );
}
