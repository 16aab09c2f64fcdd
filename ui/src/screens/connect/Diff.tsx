import { useTranslation } from "react-i18next";

import { cn } from "../../lib/cn";

const looks = { "+": "bg-good-soft text-good", "-": "bg-bad-soft text-bad", "@": "text-muted" } as const;

/** A unified difference. The signs at the beginning of its lines say the same as the colours. */
export function Diff({ text }: { text: string }) {
  const { t } = useTranslation();
  const lines = text.replace(/\n$/, "").split("\n");
  return (
    <pre tabIndex={0} aria-label={t("connect.file.difference")} className="max-h-80 overflow-auto rounded-md border border-line bg-sunken py-2 text-sm leading-relaxed select-text">
      <code className="block w-max min-w-full">
        {lines.map((line, index) => (
          <span key={index} className={cn("block px-3", looks[line[0] as keyof typeof looks])}>
            {line || " "}
          </span>
        ))}
      </code>
    </pre>
  );
}
