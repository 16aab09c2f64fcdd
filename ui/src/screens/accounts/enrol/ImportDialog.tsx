import { FileDown, FolderOpen } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { cn } from "../../../lib/cn";
import { formatBytes } from "../../../lib/format";
import { useAction } from "../../../lib/hooks";
import { Button } from "../../../parts/Button";
import { Checkbox } from "../../../parts/Checkbox";
import { Dialog } from "../../../parts/Dialog";
import { ErrorState } from "../../../parts/ErrorState";
import { Field } from "../../../parts/Field";
import { Notice } from "../../../parts/Notice";
import { TextInput } from "../../../parts/TextInput";
import { FileList } from "./FileList";
import { bytesOf, type Chosen, choose, good, mostAtOnce, packed } from "./files";
import { roomy } from "./SignInDialog";
import { useEnrolmentActions } from "./useEnrolments";
import { useFileDrop } from "./useFileDrop";

interface Props {
  /** Files that were dropped before the dialog was there. */
  dropped: readonly File[];
  onClose: () => void;
  onBegun: (ids: string[]) => void;
}

/** Takes sessions of other tools and sealed profiles, many at once. What was chosen stays when it cannot be sent. */
export function ImportDialog({ dropped, onClose, onBegun }: Props) {
  const { t } = useTranslation();
  const { importFiles } = useEnrolmentActions();
  const [chosen, setChosen] = useState<Chosen[]>(() => choose([], dropped));
  const [passphrase, setPassphrase] = useState("");
  const [agreed, setAgreed] = useState(false);
  const { busy, trouble, run } = useAction({ leaves: true });
  const add = (files: readonly File[]) => setChosen((before) => choose(before, files));
  const above = useFileDrop(add);
  const ready = good(chosen);
  const sealed = ready.some(({ kind }) => kind === "archive");
  const reason =
    ready.length === 0
      ? t("accounts.import.none")
      : bytesOf(chosen) > mostAtOnce
        ? t("accounts.import.tooMuch", { size: formatBytes(mostAtOnce) })
        : sealed && passphrase === ""
          ? t("accounts.import.passphraseFirst")
          : agreed
            ? null
            : t("welcome.consent.first");

  const begin = async () => {
    if (reason !== null) return;
    await run(async () => {
      const files = await Promise.all(ready.map(({ file }) => packed(file)));
      onBegun(await importFiles({ files, ...(sealed && { passphrase }), consent: true }));
    });
  };

  return (
    <Dialog
      open
      onOpenChange={onClose}
      className={roomy}
      title={t("accounts.import.title")}
      text={t("accounts.import.text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" busy={busy} disabledReason={reason} onClick={() => void begin()}>
            {t("accounts.import.do", { count: Math.max(1, ready.length) })}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void begin();
        }}
      >
        <DropZone above={above} slim={chosen.length > 0} onFiles={add} />
        <FileList chosen={chosen} onRemove={(file) => setChosen((before) => choose([], before.filter((one) => one.file !== file).map((one) => one.file)))} />
        {sealed && (
          <Field label={t("accounts.import.passphrase")} hint={t("accounts.import.passphraseHint")}>
            {(control) => (
              <TextInput {...control} type="password" autoComplete="off" value={passphrase} onChange={(event) => setPassphrase(event.target.value)} className="max-w-96" />
            )}
          </Field>
        )}
        <Notice tone="warn" title={t("accounts.import.copied")}>
          <p>{t("accounts.import.copiedText")}</p>
        </Notice>
        <Checkbox checked={agreed} onChange={setAgreed} className="rounded-md bg-sunken p-3">
          {t("accounts.import.agree")}
        </Checkbox>
        {trouble != null && <ErrorState compact title={t("accounts.import.failed")} error={trouble} />}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}

interface DropZoneProps {
  /** Whether files hang above the page. */
  above: boolean;
  /** Makes room for what was chosen already. */
  slim: boolean;
  onFiles: (files: readonly File[]) => void;
}

function DropZone({ above, slim, onFiles }: DropZoneProps) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  return (
    <div
      className={cn(
        "flex items-center rounded-lg border-2 border-dashed px-4 transition-colors duration-100",
        slim ? "flex-wrap gap-3 py-2.5" : "flex-col gap-2 py-5 text-center",
        above ? "border-accent bg-accent-soft" : "border-edge/70 bg-sunken",
      )}
    >
      <FileDown className="size-6 text-accent" aria-hidden />
      <div className={cn("min-w-0", slim && "flex-1")}>
        <p className="font-medium">{t("accounts.import.drop")}</p>
        <p className="text-sm text-muted">{t("accounts.import.kinds")}</p>
      </div>
      <Button onClick={() => input.current?.click()}>
        <FolderOpen aria-hidden />
        {t("accounts.import.pick")}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t("accounts.import.pick")}
        accept=".json,.txt,.postern-profile,application/json,text/plain"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          // The same file can be chosen again after it was taken out.
          event.target.value = "";
        }}
      />
    </div>
  );
}
