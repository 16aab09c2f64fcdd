import { ChevronDown, MessageSquarePlus, Paperclip, Send, Square } from "lucide-react";
import { type ClipboardEvent, useRef } from "react";
import { useTranslation } from "react-i18next";

import { useConnection } from "../../api/events";
import { formatBytes } from "../../lib/format";
import { shortcutText } from "../../lib/platform";
import { useEscape, useShortcuts } from "../../lib/shortcuts";
import { Button } from "../../parts/Button";
import { IconButton } from "../../parts/IconButton";
import { Menu } from "../../parts/Menu";
import { TextArea } from "../../parts/TextInput";
import { notify } from "../../parts/toast";
import { attach, MOST_IMAGE_BYTES, MOST_TEXT_BYTES } from "./attachments";
import { freshId, problems, wantsAnswer } from "./draft";
import { Files } from "./Files";
import { useBench } from "./theBench";

/** Where the next message is written, and sent or stopped. */
export function Composer() {
  const { t } = useTranslation();
  const { bench, state } = useBench();
  const { input, files, busy } = state;
  const reason = useReason();
  const takeFiles = useFiles();
  const send = () => {
    if (!reason && !busy) void bench.ask();
  };
  useShortcuts({ "mod+enter": send });
  const paste = (event: ClipboardEvent) => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    void takeFiles(event.clipboardData.files);
  };

  return (
    <div className="shrink-0 border-t border-line bg-card px-6 py-3">
      <div className="mx-auto flex max-w-4xl flex-col gap-2">
        <TextArea
          id="playground-input"
          aria-label={t("playground.input.label")}
          placeholder={t("playground.input.placeholder", { keys: shortcutText("mod+enter") })}
          rows={2}
          value={input}
          onChange={(event) => bench.write(event.target.value)}
          onPaste={paste}
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            if (event.dataTransfer.files.length === 0) return;
            event.preventDefault();
            void takeFiles(event.dataTransfer.files);
          }}
          className="max-h-56"
        />
        <Files files={files} onRemove={(id) => bench.attach((all) => all.filter((file) => file.id !== id))} />
        <div className="flex flex-wrap items-center gap-2">
          <FileButton onFiles={takeFiles} />
          <Menu
            align="start"
            trigger={
              <Button look="ghost" size="sm">
                <MessageSquarePlus aria-hidden />
                {t("playground.put.label")}
                <ChevronDown aria-hidden />
              </Button>
            }
            items={[
              { label: t("playground.put.user"), onSelect: () => bench.put("user"), disabled: input.trim() === "" && files.length === 0 },
              { label: t("playground.put.assistant"), onSelect: () => bench.put("assistant"), disabled: input.trim() === "" },
            ]}
          />
          <span className="ml-auto" />
          {busy ? (
            <StopButton onStop={() => bench.stop()} />
          ) : (
            <Button look="primary" onClick={send} disabledReason={reason} aria-keyshortcuts="Control+Enter Meta+Enter">
              <Send aria-hidden />
              {t("playground.send")}
            </Button>
          )}
        </div>
        <Progress />
      </div>
    </div>
  );
}

function StopButton({ onStop }: { onStop: () => void }) {
  const { t } = useTranslation();
  useEscape(onStop);
  return (
    <Button onClick={onStop} aria-keyshortcuts="Escape">
      <Square aria-hidden />
      {t("playground.stop")}
      <kbd className="font-sans text-xs text-muted">Esc</kbd>
    </Button>
  );
}

/** Says to a screen reader how the answer goes, without reading every piece of it. */
function Progress() {
  const { t } = useTranslation();
  const { state } = useBench();
  const phase = state.exchange?.phase;
  return (
    <span role="status" className="sr-only">
      {phase && t(`playground.progress.${phase}`)}
    </span>
  );
}

/** Why nothing can be sent now. */
function useReason(): string | null {
  const { t } = useTranslation();
  const { state } = useBench();
  const connection = useConnection();
  const { draft, input, files } = state;
  if (connection.state === "lost") return t("playground.reason.offline");
  if (draft.model.trim() === "") return t("playground.reason.model");
  if (Object.keys(problems(draft.parameters)).length > 0) return t("playground.reason.parameters");
  const something = input.trim() !== "" || files.length > 0 || wantsAnswer(draft.turns);
  return something ? null : t("playground.reason.nothing");
}

/** Puts chosen, pasted or dropped files into the message, and tells which cannot be. */
function useFiles(): (list: FileList) => Promise<void> {
  const { t } = useTranslation();
  const { bench } = useBench();
  return async (list) => {
    for (const file of Array.from(list)) {
      const read = await attach(file, freshId());
      if (!("why" in read)) {
        bench.attach((files) => [...files, read]);
        continue;
      }
      const sizes = { text: formatBytes(MOST_TEXT_BYTES), image: formatBytes(MOST_IMAGE_BYTES) };
      notify.problem(t("playground.files.refused", { name: read.name }), new Error(t(`playground.files.${read.why}`, sizes)));
    }
  };
}

function FileButton({ onFiles }: { onFiles: (files: FileList) => Promise<void> }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const sizes = { text: formatBytes(MOST_TEXT_BYTES), image: formatBytes(MOST_IMAGE_BYTES) };
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        data-testid="files"
        onChange={(event) => {
          const { files } = event.target;
          if (files) void onFiles(files).then(() => input.current && (input.current.value = ""));
        }}
      />
      <IconButton icon={Paperclip} label={t("playground.files.add", sizes)} onClick={() => input.current?.click()} />
    </>
  );
}
