import { useEffect, useRef } from "react";

import { ImportDialog } from "./ImportDialog";
import { NoScreenDialog } from "./NoScreen";
import { SignInDialog } from "./SignInDialog";
import { WatchDialog } from "./WatchDialog";

/** What somebody wants to do about accounts that are to come. */
export type Wish =
  | { what: "sign-in"; account?: string }
  | { what: "import"; files?: File[] }
  | { what: "no-screen" }
  | { what: "watch"; ids: string[] };

/** What follows when an account is in service. */
export interface Done {
  label: string;
  act: (account: string) => void;
}

interface Props {
  wish: Wish | null;
  onWish: (wish: Wish | null) => void;
  done: Done;
}

/** The dialogs in which an account comes into service; one leads to the next. */
export function Enrolling({ wish, onWish, done }: Props) {
  useFocusBackAtLast(wish !== null);
  const close = () => onWish(null);
  const watch = (ids: string[]) => onWish({ what: "watch", ids });
  switch (wish?.what) {
    case undefined:
      return null;
    case "sign-in":
      return <SignInDialog key={wish.account} account={wish.account} onClose={close} onBegun={watch} onWish={onWish} />;
    case "import":
      return <ImportDialog dropped={wish.files ?? []} onClose={close} onBegun={watch} />;
    case "no-screen":
      return <NoScreenDialog onClose={close} onImport={() => onWish({ what: "import" })} />;
    case "watch":
      return <WatchDialog ids={wish.ids} onClose={close} onWish={onWish} done={done} />;
  }
}

/** Each dialog gives the focus back to the one before it, which is gone; the last gives it back to where all began. */
function useFocusBackAtLast(open: boolean): void {
  const before = useRef<Element | null>(null);
  // While it is drawn for the first time, the focus is still where it was.
  if (open) before.current ??= document.activeElement;
  useEffect(() => {
    if (open) return;
    const opener = before.current;
    before.current = null;
    if (!(opener instanceof HTMLElement)) return;
    // A dialog gives the focus up only when it is gone.
    const timer = setTimeout(() => {
      if (document.activeElement === document.body && opener.isConnected) opener.focus();
    });
    return () => clearTimeout(timer);
  }, [open]);
}
