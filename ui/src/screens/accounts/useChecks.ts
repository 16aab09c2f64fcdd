import { useCallback, useMemo, useRef, useState } from "react";

import type { AccountView } from "../../api/types";
import { useLatest } from "../../lib/hooks";
import { useAccountActions } from "./actions";

/** How many browsers are started at once when all accounts are checked. */
const atOnce = 2;

/** Which accounts are being checked, and what could not be checked. */
export function useChecks() {
  const latest = useLatest(useAccountActions());
  const [running, setRunning] = useState<ReadonlySet<string>>(new Set());
  const [failed, setFailed] = useState<ReadonlyMap<string, unknown>>(new Map());
  const busy = useRef(new Set<string>());

  const one = useCallback(
    async (account: AccountView) => {
      if (busy.current.has(account.name)) return;
      busy.current.add(account.name);
      setRunning(new Set(busy.current));
      setFailed((before) => new Map([...before].filter(([name]) => name !== account.name)));
      try {
        await latest.current.check(account);
      } catch (error) {
        setFailed((before) => new Map(before).set(account.name, error));
      } finally {
        busy.current.delete(account.name);
        setRunning(new Set(busy.current));
      }
    },
    [latest],
  );

  const all = useCallback(
    async (accounts: readonly AccountView[]) => {
      const waiting = accounts.filter((account) => account.enabled);
      const worker = async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) await one(next);
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
    },
    [one],
  );

  return useMemo(() => ({ running, failed, one, all }), [running, failed, one, all]);
}

/** See [`useChecks`]. */
export type Checks = ReturnType<typeof useChecks>;
