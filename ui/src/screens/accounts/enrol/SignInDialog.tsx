import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { read } from "../../../api/queries";
import { useAction } from "../../../lib/hooks";
import { Button } from "../../../parts/Button";
import { Checkbox } from "../../../parts/Checkbox";
import { Dialog } from "../../../parts/Dialog";
import { ErrorState } from "../../../parts/ErrorState";
import { Field } from "../../../parts/Field";
import { Notice } from "../../../parts/Notice";
import { Skeleton } from "../../../parts/Skeleton";
import { TextInput } from "../../../parts/TextInput";
import { WayOutField } from "../../../parts/WayOut";
import { ConsentPoints } from "../../welcome/ConsentPoints";
import { changeSetup } from "../../welcome/setup";
import { BrowserPick } from "./BrowserPick";
import type { Wish } from "./Enrolling";
import { NoScreenText } from "./NoScreen";
import { useEnrolmentActions } from "./useEnrolments";

interface Props {
  /** The account to sign in again; a new one without it. */
  account?: string | undefined;
  onClose: () => void;
  onBegun: (ids: string[]) => void;
  onWish: (wish: Wish) => void;
}

/** The place and size of the dialogs in which an account comes into service: the same, as one leads to the next. */
export const roomy = "top-[6vh] max-h-[88vh] max-w-2xl";

/** Before a sign-in: what it means, then with which browser and under which name. */
export function SignInDialog(props: Props) {
  const { t } = useTranslation();
  const setup = useQuery(read.setup());
  const [agreed, setAgreed] = useState(false);
  if (setup.data && (agreed || setup.data.consent_at != null)) return <Choose {...props} />;
  if (setup.data) return <Consent onClose={props.onClose} onAgreed={() => setAgreed(true)} />;
  return (
    <Dialog open onOpenChange={props.onClose} className={roomy} title={t("accounts.signIn.title")}>
      {setup.isError ? <ErrorState title={t("accounts.signIn.unread")} error={setup.error} onRetry={() => void setup.refetch()} /> : <Skeleton lines={6} />}
    </Dialog>
  );
}

function Consent({ onClose, onAgreed }: { onClose: () => void; onAgreed: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [ticked, setTicked] = useState(false);
  const { busy, trouble, run } = useAction({ leaves: true });
  const agree = () =>
    run(async () => {
      await changeSetup(queries, { consent: true });
      onAgreed();
    });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      className={roomy}
      title={t("welcome.consent.title")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" busy={busy} disabledReason={ticked ? null : t("welcome.consent.first")} onClick={() => void agree()}>
            {t("welcome.next")}
          </Button>
        </>
      }
    >
      <ConsentPoints />
      <Checkbox checked={ticked} onChange={setTicked} className="mt-4 rounded-md bg-sunken p-3">
        {t("welcome.consent.agree")}
      </Checkbox>
      {trouble != null && <ErrorState compact title={t("accounts.signIn.failed")} error={trouble} />}
    </Dialog>
  );
}

function Choose({ account, onClose, onBegun, onWish }: Props) {
  const { t } = useTranslation();
  const choices = useQuery(read.enrolmentChoices());
  const { signIn } = useEnrolmentActions();
  const [browser, setBrowser] = useState<string | null>(null);
  const [name, setName] = useState<string | null>(null);
  const [proxy, setProxy] = useState("");
  const { busy, trouble, run } = useAction({ leaves: true });
  const { data } = choices;
  const usable = (data?.browsers ?? []).filter(({ problem }) => problem == null);
  const taken = browser ?? (usable.find(({ preferred }) => preferred) ?? usable[0])?.path ?? null;
  const here = data !== undefined && data.screen && !data.remote;

  const begin = async () => {
    if (!taken) return;
    await run(async () => {
      const chosen = (name ?? data?.free_name ?? "").trim();
      const way = proxy.trim();
      const what = account ? { account } : { browser: taken, ...(chosen && { name: chosen }), ...(way && { proxy: way }) };
      onBegun(await signIn({ ...what, consent: true }));
    });
  };

  return (
    <Dialog
      open
      onOpenChange={onClose}
      className={roomy}
      title={account ? t("accounts.signIn.again", { name: account }) : t("accounts.signIn.title")}
      text={here && t(account ? "accounts.signIn.againText" : "accounts.signIn.text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          {data && !here && (
            <Button look="primary" onClick={() => onWish({ what: "import" })}>
              {t("accounts.add.import")}
            </Button>
          )}
          {here && (
            <Button look="primary" busy={busy} disabledReason={taken ? null : t("accounts.signIn.noBrowser")} onClick={() => void begin()}>
              {t("accounts.signIn.do")}
            </Button>
          )}
        </>
      }
    >
      {choices.isPending && <Skeleton lines={5} />}
      {choices.isError && !data && (
        <ErrorState title={t("accounts.signIn.unread")} error={choices.error} onRetry={() => void choices.refetch()} />
      )}
      {data && !here && <NoScreenText remote={data.remote} />}
      {data && here && (
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            void begin();
          }}
        >
          {!account && (
            <Field label={t("accounts.signIn.name")} hint={t("accounts.signIn.nameHint")}>
              {(control) => <TextInput {...control} autoFocus value={name ?? data.free_name} onChange={(event) => setName(event.target.value)} className="max-w-72" />}
            </Field>
          )}
          {!account && <BrowserPick browsers={data.browsers} value={taken} onChange={setBrowser} />}
          {!account && <WayOutField value={proxy} onChange={setProxy} hint={t("accounts.wayOut.hint")} />}
          <Notice tone="info" title={t("accounts.signIn.unseen")}>
            <p>{t("accounts.signIn.unseenText")}</p>
          </Notice>
          {trouble != null && <ErrorState compact title={t("accounts.signIn.failed")} error={trouble} />}
          {/* Enter in a field begins. */}
          <button type="submit" hidden />
        </form>
      )}
    </Dialog>
  );
}
