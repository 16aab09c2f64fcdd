import { CircleCheck, CircleX, Info } from "lucide-react";
import { toast } from "sonner";

import { describeTrouble } from "../api/trouble";
import { cn } from "../lib/cn";
import { Button } from "./Button";

const looks = {
  done: { Icon: CircleCheck, tone: "text-good" },
  problem: { Icon: CircleX, tone: "text-bad" },
  info: { Icon: Info, tone: "text-info" },
} as const;

interface Message {
  look: keyof typeof looks;
  title: string;
  text?: string | undefined;
  action?: { label: string; onClick: () => void };
  /** Of several messages about one thing only the last stays. */
  about?: string | undefined;
}

/** The last message about each thing. One that leaves keeps its id until it is gone, so each gets an id of its own. */
const last = new Map<string, string | number>();

function show({ look, title, text, action, about }: Message): void {
  const { Icon, tone } = looks[look];
  const card = (toastId: string | number) => (
    <div
      role={look === "problem" ? "alert" : "status"}
      className="flex w-90 max-w-[calc(100vw-2rem)] items-start gap-2.5 rounded-lg border border-line bg-raised px-3 py-2.5 text-ink shadow-raised"
    >
      <Icon className={cn("mt-0.5 size-4 shrink-0", tone)} aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="font-medium break-words">{title}</p>
        {text && <p className="text-sm break-words text-muted select-text">{text}</p>}
      </div>
      {action && (
        <Button
          size="sm"
          look="ghost"
          className="-my-0.5 text-accent"
          onClick={() => {
            toast.dismiss(toastId);
            action.onClick();
          }}
        >
          {action.label}
        </Button>
      )}
    </div>
  );
  const before = about === undefined ? undefined : last.get(about);
  if (before !== undefined) toast.dismiss(before);
  const id = toast.custom(card, { duration: look === "problem" ? 9000 : 5000 });
  if (about !== undefined) last.set(about, id);
}

/** Short messages at the corner, for what was done elsewhere on the page or can be taken back. */
export const notify = {
  /** Something was done. */
  done: (title: string, text?: string) => show({ look: "done", title, text }),
  /** Something to know. */
  info: (title: string, text?: string) => show({ look: "info", title, text }),
  /** Something could not be done: what, and the error that says why. */
  problem: (title: string, error?: unknown) =>
    show({ look: "problem", title, text: error === undefined ? undefined : describeTrouble(error).why }),
  /** Something was done and can be taken back for five seconds: `label` names the button. */
  undo: (title: string, label: string, undo: () => void, about?: string) =>
    show({ look: "done", title, action: { label, onClick: undo }, about }),
};
