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

/**
 * Each dialog gives the focus back to the one before it, which is gone; the last gives it back to where all began: to what
 * had it last on the page itself, be it the button of a menu whose entry was chosen.
 */
function useFocusBackAtLast(open: boolean): void {
  const last = useRef<HTMLElement | null>(null);
  useEffect(() => {
    const remember = ({ target }: FocusEvent) => {
      if (target instanceof HTMLElement && !target.closest("[role=dialog], [role=menu]")) last.current = target;
    };
    document.addEventListener("focusin", remember);
    return () => document.removeEventListener("focusin", remember);
  }, []);
  const wasOpen = useRef(false);
  useEffect(() => {
    const closed = wasOpen.current && !open;
    wasOpen.current = open;
    if (!closed) return;
    // A dialog gives the focus up only when it is gone.
    const timer = setTimeout(() => {
      if (document.activeElement === document.body && last.current?.isConnected) last.current.focus();
    });
    return () => clearTimeout(timer);
  }, [open]);
}
