import { useEffect, useRef, useState, useSyncExternalStore } from "react";

/** True once `waiting` has lasted `ms`: what is quick shows no sign of waiting at all. */
export function useLasting(waiting: boolean, ms = 150): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!waiting) return setLasting(false);
    const timer = setTimeout(() => setLasting(true), ms);
    return () => clearTimeout(timer);
  }, [waiting, ms]);
  return waiting && lasting;
}

/** Whether a media query holds, as it changes. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = window.matchMedia(query);
      list.addEventListener("change", changed);
      return () => list.removeEventListener("change", changed);
    },
    () => window.matchMedia(query).matches,
  );
}

/** The time, read anew every `ms` while somebody looks. */
export function useNow(ms: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const tick = () => {
      if (!document.hidden) setNow(Date.now());
    };
    const timer = setInterval(tick, ms);
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, [ms]);
  return now;
}

/** The value of the last render, for callbacks that outlive it. */
export function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value);
  latest.current = value;
  return latest;
}

/** A value once it has stayed the same for `ms`: what somebody typed, when they pause. */
export function useSettled<T>(value: T, ms = 500): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

interface Action {
  /** It is on its way. */
  busy: boolean;
  /** Why it failed the last time; null when it did not, or is on its way again. */
  trouble: unknown;
  /**
   * Does it and resolves to whether it succeeded. While it is on its way, another one is not begun. With `failed`, the
   * trouble is told there instead of kept.
   */
  run: (job: () => Promise<unknown>, failed?: (error: unknown) => void) => Promise<boolean>;
}

/**
 * What a button does that takes time and may fail. With `leaves`, success takes the button away, as with a dialog that
 * closes: until it is gone it stays busy, for the page that follows may take a moment, and nothing is to be pressed twice.
 */
export function useAction({ leaves = false } = {}): Action {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<unknown>(null);
  // The state is too late to tell: a second press can come before the first one is drawn.
  const running = useRef(false);
  const stop = () => {
    running.current = false;
    setBusy(false);
  };
  const run: Action["run"] = async (job, failed = setTrouble) => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    setTrouble(null);
    try {
      await job();
    } catch (error) {
      stop();
      failed(error);
      return false;
    }
    if (!leaves) stop();
    return true;
  };
  return { busy, trouble, run };
}
