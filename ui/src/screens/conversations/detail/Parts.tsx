import { Ban, Brain, CornerDownRight, Lock, Quote, Shapes, TriangleAlert, Wrench } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { formatNumber } from "../../../lib/format";
import { CodeBlock } from "../../../parts/CodeBlock";
import { Markdown } from "../../../parts/Markdown";
import { JsonView } from "../../requests/JsonView";
import { Marked } from "../Marked";
import type { Part, Role } from "../types";
import { plainText } from "./edit";
import { Fold } from "./Fold";
import type { Mark } from "./marks";
import { Media } from "./Media";

/** Longer texts are shown from their beginning, and without form: laying them out would stop the page. */
const LONG = 20_000;

interface Props {
  parts: readonly Part[];
  role: Role;
  marks: readonly Mark[];
  /** Whether texts are shown as they were written, without form. */
  plain: boolean;
}

/** What a turn says. */
export function Parts({ parts, role, marks, plain }: Props) {
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {parts.map((part, index) => (
        <PartView key={index} part={part} role={role} marks={marks} plain={plain} />
      ))}
    </div>
  );
}

function PartView({ part, role, marks, plain }: Omit<Props, "parts"> & { part: Part }) {
  const { t } = useTranslation();
  switch (part.type) {
    case "text":
      return <Words text={part.text} marks={marks} plain={plain || role !== "assistant"} />;
    case "refusal":
      return (
        <div className="flex gap-2 rounded-md bg-warn-soft px-2.5 py-2">
          <Ban className="mt-0.5 size-4 shrink-0 text-warn" aria-hidden />
          <div className="min-w-0 flex-1">
            <p className="text-xs font-medium text-warn">{t("conversations.part.refusal")}</p>
            <Words text={part.text} marks={marks} plain={plain} />
          </div>
        </div>
      );
    case "reasoning":
      return part.text === "" ? (
        <p className="flex items-center gap-2 text-sm text-muted">
          <Lock className="size-4" aria-hidden />
          {t("conversations.part.sealed")}
        </p>
      ) : (
        <Fold icon={Brain} title={t("conversations.part.reasoning")} note={t("conversations.part.letters", { count: part.text.length, shown: formatNumber(part.text.length) })}>
          <Words text={part.text} marks={marks} plain />
        </Fold>
      );
    case "tool_call":
      return (
        <Fold icon={Wrench} tone="text-accent" title={<code>{part.name}</code>} note={part.arguments.replace(/\s+/g, " ").slice(0, 120)}>
          <Json text={part.arguments} label={t("conversations.part.arguments")} marks={marks} strict />
        </Fold>
      );
    case "tool_result":
      return <ToolResult part={part} marks={marks} />;
    case "image":
    case "video":
      return <Media kind={part.type} source={part.source} />;
    case "audio":
      return (
        <div>
          <Media kind="audio" source={part.source} />
          {part.transcript && <p className="mt-1 text-sm break-words whitespace-pre-wrap text-muted select-text"><Marked text={part.transcript} marks={marks} /></p>}
        </div>
      );
    case "file":
      return <Media kind="file" source={part.source} name={part.name} />;
    case "citation":
    case "other":
      return (
        <Fold icon={part.type === "citation" ? Quote : Shapes} title={t(`conversations.part.${part.type}`)}>
          <div className="font-mono text-xs select-text">
            <JsonView value={part.raw} open />
          </div>
        </Fold>
      );
  }
}

function ToolResult({ part, marks }: { part: Part & { type: "tool_result" }; marks: readonly Mark[] }) {
  const { t } = useTranslation();
  const text = plainText({ role: "tool", parts: part.parts });
  const others = part.parts.filter((one) => one.type !== "text");
  const name = part.name ? <code>{part.name}</code> : t("conversations.part.result");
  return (
    <Fold icon={part.failed ? TriangleAlert : CornerDownRight} tone={part.failed ? "text-bad" : "text-good"} title={name} note={part.failed ? t("conversations.part.failed") : text.replace(/\s+/g, " ").slice(0, 120)}>
      {text !== "" && <Json text={text} label={t("conversations.part.result")} marks={marks} />}
      {others.length > 0 && <Parts parts={others} role="tool" marks={marks} plain />}
    </Fold>
  );
}

/** JSON in its best form, or the text as it is. With `strict`, it is said when it is no JSON. */
function Json({ text, label, marks, strict }: { text: string; label: string; marks: readonly Mark[]; strict?: boolean }) {
  const { t } = useTranslation();
  const pretty = useMemo(() => {
    try {
      return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      return undefined;
    }
  }, [text]);
  const shown = pretty ?? text;
  return (
    <>
      {strict && pretty === undefined && (
        <p className="flex items-center gap-1.5 text-xs text-warn">
          <TriangleAlert className="size-3.5" aria-hidden />
          {t("conversations.part.noJson")}
        </p>
      )}
      <CodeBlock label={label} quiet wrap code={shown} {...(marks.length > 0 && { shown: <Marked text={shown} marks={marks} /> })} className="[&>div]:bg-card" />
    </>
  );
}

/** A text, laid out as Markdown or as it was written. */
function Words({ text, marks, plain }: { text: string; marks: readonly Mark[]; plain: boolean }) {
  const { t } = useTranslation();
  const [whole, setWhole] = useState(false);
  const long = text.length > LONG;
  const decorate = useMemo(() => (marks.length > 0 ? (piece: string): ReactNode => <Marked text={piece} marks={marks} /> : undefined), [marks]);
  if (text === "") return null;
  if (!plain && !long) return <Markdown text={text} decorate={decorate} />;
  const shown = long && !whole ? text.slice(0, LONG) : text;
  return (
    <div>
      <p className="break-words whitespace-pre-wrap select-text">
        <Marked text={shown} marks={marks} />
      </p>
      {shown.length < text.length && (
        <button type="button" className="min-h-6 text-accent hover:underline" onClick={() => setWhole(true)}>
          {t("conversations.part.more", { left: formatNumber(text.length - LONG) })}
        </button>
      )}
    </div>
  );
}
