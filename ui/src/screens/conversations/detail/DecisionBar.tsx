import { StickyNote, Tag, X } from "lucide-react";
import { type RefObject, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { cn } from "../../../lib/cn";
import { useLatest } from "../../../lib/hooks";
import { shortcutText } from "../../../lib/platform";
import { toneStyle } from "../../../parts/Badge";
import { IconButton } from "../../../parts/IconButton";
import { Popover } from "../../../parts/Popover";
import { TextArea } from "../../../parts/TextInput";
import { stateLooks } from "../StateMark";
import type { Review } from "../useReview";
import type { ReviewState, ThreadRow } from "../types";
import { Rating } from "./Rating";
import { TagInput } from "./TagInput";

/** What the keys ask of the bar. */
export interface BarHandle {
  tags: () => void;
  note: () => void;
}

const decisions = [
  ["approved", "a"],
  ["rejected", "x"],
  ["later", "s"],
] as const;

interface Props {
  row: ThreadRow;
  review: Review;
  handle: RefObject<BarHandle | null>;
}

/** What is thought of the open conversation. */
export function DecisionBar({ row, review, handle }: Props) {
  const { t } = useTranslation();
  const [tagging, setTagging] = useState(false);
  const [noting, setNoting] = useState(false);
  handle.current = { tags: () => setTagging(true), note: () => setNoting(true) };
  const mine = { ids: [row.id] };
  const toggle = (state: ReviewState) => (row.state === state ? void review.change(mine, { state: "new" }) : void review.decide(state));
  return (
    <footer className="flex shrink-0 flex-col gap-2 border-t border-line bg-card px-3 py-2">
      {(noting || row.note) && <Note key={row.id} row={row} review={review} focus={noting} onLeave={() => setNoting(false)} />}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <div role="group" aria-label={t("conversations.decide.title")} className="flex gap-1.5">
          {decisions.map(([state, key]) => (
            <Decision key={state} state={state} shortcut={key} on={row.state === state} onPress={() => toggle(state)} />
          ))}
        </div>
        <Rating value={row.rating} onChange={(rating) => void review.change(mine, { rating })} />
        <div className="flex min-w-0 flex-wrap items-center gap-1">
          {row.tags.map((tag) => (
            <span key={tag} className="inline-flex h-6 max-w-40 items-center rounded-md border border-line bg-sunken pl-2 text-xs">
              <span className="truncate">{tag}</span>
              <button
                type="button"
                aria-label={t("conversations.tag.remove", { tag })}
                onClick={() => void review.change(mine, { remove_tags: [tag] })}
                className="grid size-6 shrink-0 place-items-center rounded-md text-muted outline-offset-[-2px] hover:text-ink"
              >
                <X className="size-3" aria-hidden />
              </button>
            </span>
          ))}
          <Popover
            open={tagging}
            onOpenChange={setTagging}
            side="top"
            label={t("conversations.tag.add")}
            trigger={<IconButton icon={Tag} label={t("conversations.tag.add")} shortcut="t" />}
          >
            <TagInput onAdd={(tag) => void review.change(mine, { add_tags: [tag] }).then(() => setTagging(false))} />
          </Popover>
          <IconButton icon={StickyNote} label={t("conversations.note.write")} shortcut="n" aria-pressed={noting} onClick={() => setNoting(!noting)} />
        </div>
      </div>
    </footer>
  );
}

interface DecisionProps {
  state: (typeof decisions)[number][0];
  shortcut: string;
  on: boolean;
  onPress: () => void;
}

function Decision({ state, shortcut, on, onPress }: DecisionProps) {
  const { t } = useTranslation();
  const { icon: Icon, tone } = stateLooks[state];
  return (
    <button
      type="button"
      aria-pressed={on}
      aria-keyshortcuts={shortcut.toUpperCase()}
      onClick={onPress}
      className={cn(
        "inline-flex h-control items-center gap-1.5 rounded-md border px-2.5 font-medium transition-colors duration-100",
        on ? cn(toneStyle[tone], "border-current") : "border-edge/60 bg-card text-ink shadow-card hover:border-edge hover:bg-sunken",
      )}
    >
      <Icon className="size-4" aria-hidden />
      {t(`conversations.decide.${state}`)}
      <kbd aria-hidden className="font-sans text-xs opacity-75">{shortcutText(shortcut)}</kbd>
    </button>
  );
}

/** What somebody writes about it; kept when typing pauses, and when one leaves it. */
function Note({ row, review, focus, onLeave }: { row: ThreadRow; review: Review; focus: boolean; onLeave: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(row.note);
  const area = useRef<HTMLTextAreaElement>(null);
  const kept = useRef(row.note);
  const keep = async () => {
    if (text === kept.current) return true;
    kept.current = text;
    return review.change({ ids: [row.id] }, { note: text });
  };
  const latest = useLatest(keep);
  useEffect(() => {
    if (focus) area.current?.focus();
  }, [focus]);
  useEffect(() => {
    const timer = setTimeout(() => void latest.current(), 1000);
    return () => clearTimeout(timer);
  }, [text, latest]);
  useEffect(() => () => void latest.current(), [latest]);
  return (
    <TextArea
      ref={area}
      rows={2}
      aria-label={t("conversations.note.title")}
      placeholder={t("conversations.note.hint")}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => {
        void keep();
        onLeave();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.nativeEvent.isComposing) return;
        event.preventDefault();
        area.current?.blur();
      }}
      className="max-h-32 min-h-10"
    />
  );
}
