import { AlertDialog } from "radix-ui";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { cn } from "../lib/cn";
import { Button } from "./Button";
import { dialogStyle, useFocusBack, veilStyle } from "./Dialog";
import { ErrorState } from "./ErrorState";
import { Field } from "./Field";
import { TextInput } from "./TextInput";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** What will be lost, in plain words. */
  text: ReactNode;
  /** What the button does, as a verb: "Delete key". */
  action: string;
  /** Does it. The dialog closes when it is done and tells why when it is not. */
  onConfirm: () => unknown;
  /** A name to be typed first, for what cannot be brought back. */
  typed?: string;
}

/** Asks before something is destroyed. */
export function ConfirmDialog({ open, onOpenChange, ...rest }: Props) {
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={veilStyle} />
        <Content>
          <Question {...rest} close={() => onOpenChange(false)} />
        </Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

function Content({ children }: { children: ReactNode }) {
  return (
    <AlertDialog.Content className={cn(dialogStyle, "max-w-sm p-5")} onCloseAutoFocus={useFocusBack()}>
      {children}
    </AlertDialog.Content>
  );
}

type Outcome = { is: "open" } | { is: "busy" } | { is: "failed"; error: unknown };

function Question({ title, text, action, onConfirm, typed, close }: Omit<Props, "open" | "onOpenChange"> & { close: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [outcome, setOutcome] = useState<Outcome>({ is: "open" });
  const matches = !typed || name.trim() === typed;

  const confirm = async () => {
    if (!matches || outcome.is === "busy") return;
    setOutcome({ is: "busy" });
    try {
      await onConfirm();
      close();
    } catch (error) {
      setOutcome({ is: "failed", error });
    }
  };

  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void confirm();
      }}
    >
      <AlertDialog.Title className="text-lg font-semibold text-balance">{title}</AlertDialog.Title>
      <AlertDialog.Description asChild>
        <div className="text-muted">{text}</div>
      </AlertDialog.Description>
      {typed && (
        <Field label={t("common.confirm.typeName", { name: typed })}>
          {(control) => <TextInput {...control} autoFocus value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
      )}
      {outcome.is === "failed" && <ErrorState compact title={t("common.confirm.failed")} error={outcome.error} />}
      <div className="mt-1 flex flex-wrap justify-end gap-2">
        <AlertDialog.Cancel asChild>
          <Button>{t("common.cancel")}</Button>
        </AlertDialog.Cancel>
        <Button
          type="submit"
          look="danger"
          busy={outcome.is === "busy"}
          disabledReason={matches ? null : t("common.confirm.typeFirst")}
        >
          {action}
        </Button>
      </div>
    </form>
  );
}
