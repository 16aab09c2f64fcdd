import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { read } from "../../../api/queries";
import type { EnrolmentView } from "../../../api/types";
import { useAction } from "../../../lib/hooks";
import { Button } from "../../../parts/Button";
import { Dialog } from "../../../parts/Dialog";
import { ErrorState } from "../../../parts/ErrorState";
import { Skeleton } from "../../../parts/Skeleton";
import { isUnderWay } from "../standing";
import { Deeds } from "./Deeds";
import type { Done, Wish } from "./Enrolling";
import { EnrolmentCard } from "./EnrolmentCard";
import { PhaseNote } from "./PhaseNote";
import { useSaid } from "./said";
import { roomy } from "./SignInDialog";
import { StepList } from "./StepList";
import { useEnrolmentActions, useEnrolments } from "./useEnrolments";

interface Props {
  ids: readonly string[];
  onClose: () => void;
  onWish: (wish: Wish) => void;
  done: Done;
}

/** Enrolments as they go on, step by step. Closing it stops nothing. */
export function WatchDialog({ ids, onClose, onWish, done }: Props) {
  const { t } = useTranslation();
  const list = useQuery(read.enrolments());
  const all = useEnrolments();
  const shown = ids.flatMap((id) => all.filter((one) => one.id === id));
  const only = ids.length === 1 ? shown[0] : undefined;
  const title = useTitle(ids.length, only);
  const said = useSaid(shown);
  const leave = {
    label: done.label,
    act: (account: string) => {
      onClose();
      done.act(account);
    },
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      className={roomy}
      title={title}
      footer={
        only ? (
          <Deeds of={only} onClose={onClose} onWish={onWish} done={leave} />
        ) : (
          <>
            <ThrowAway failed={shown.filter(({ phase }) => phase === "stuck" || phase === "interrupted")} />
            <Button onClick={onClose}>{t("common.close")}</Button>
          </>
        )
      }
    >
      <p role="status" className="sr-only">
        {said}
      </p>
      {list.isPending && <Skeleton lines={5} />}
      {list.isError && !list.data && (
        <ErrorState title={t("accounts.enrol.unread")} error={list.error} onRetry={() => void list.refetch()} />
      )}
      {list.data && shown.length === 0 && <p className="text-muted">{t("accounts.enrol.gone")}</p>}
      {only && <Only of={only} />}
      {!only && (
        <ul className="flex flex-col gap-3">
          {shown.map((one) => (
            <EnrolmentCard key={one.id} of={one} onWish={onWish} done={leave} />
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function useTitle(count: number, only: EnrolmentView | undefined): string {
  const { t } = useTranslation();
  if (!only) return t("accounts.enrol.title.many", { count });
  return t(`accounts.enrol.title.${only.kind}`, { name: only.file ?? only.name });
}

function Only({ of }: { of: EnrolmentView }) {
  const { t } = useTranslation();
  return (
    <div className="flex flex-col gap-3">
      <PhaseNote of={of} />
      <StepList of={of} />
      {isUnderWay(of) && <p className="text-sm text-muted">{t("accounts.enrol.closing")}</p>}
    </div>
  );
}

/** Throws away at once what went wrong, for whoever imported many. */
function ThrowAway({ failed }: { failed: readonly EnrolmentView[] }) {
  const { t } = useTranslation();
  const { cancel } = useEnrolmentActions();
  const { busy, trouble, run } = useAction();
  const throwAway = async () => {
    for (const { id } of failed) await cancel(id);
  };
  if (failed.length < 2) return null;
  return (
    <>
      {trouble != null && <ErrorState compact title={t("accounts.enrol.deed.cancelFailed")} error={trouble} />}
      <Button busy={busy} onClick={() => void run(throwAway)}>
        {t("accounts.enrol.deed.throwAll", { count: failed.length })}
      </Button>
    </>
  );
}
