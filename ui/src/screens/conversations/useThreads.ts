import { useEffect, useState, useSyncExternalStore } from "react";

import { listenToEvents } from "../../api/events";
import { calls } from "./calls";
import { type ListState, ThreadList } from "./list";
import type { Filter, Sort } from "./types";

/** Under load, the list is looked at no more often than this. */
const LOOK_MS = 1500;

/** The list for a filter, read and kept true while it is shown. */
export function useThreads(filter: Filter, sort: Sort): { list: ThreadList; state: ListState } {
  const name = JSON.stringify([filter, sort]);
  const make = () => ({ name, list: new ThreadList(filter, sort, calls.search) });
  const [held, setHeld] = useState(make);
  // Another filter is another list.
  const current = held.name === name ? held : make();
  if (current !== held) setHeld(current);
  const { list } = current;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = (ms: number) => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void list.look();
      }, ms);
    };
    void list.reload();
    const end = listenToEvents((event) => {
      if (event.event === "hello") soon(0);
      else if (event.event === "conversations") soon(LOOK_MS);
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [list]);
  return { list, state: useSyncExternalStore(list.subscribe, list.state) };
}
