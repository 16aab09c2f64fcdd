import { useEffect, useState, useSyncExternalStore } from "react";

import { answer, client } from "../../../api/client";
import { listenToEvents } from "../../../api/events";
import { useLatest } from "../../../lib/hooks";
import { AT_ONCE, type LogFilter, type LogState, LogTail } from "./tail";

function open({ level, search }: LogFilter): LogTail {
  return new LogTail((after, signal) => {
    const query = {
      limit: AT_ONCE,
      // Without a level everything is given, also what a newer server calls by another name.
      ...(level !== "debug" && { level }),
      ...(search && { search }),
      ...(after !== undefined && { after }),
    };
    return answer(client.GET("/api/logs", { signal, params: { query } }));
  });
}

/** The log for a filter; while `follow` holds it grows on its own. */
export function useLog(filter: LogFilter, follow: boolean): { state: LogState; again: () => void } {
  const { level, search } = filter;
  const [tail, setTail] = useState(() => open(filter));
  const following = useLatest(follow);
  useEffect(() => {
    const opened = open({ level, search });
    setTail(opened);
    void opened.pull();
    const stop = listenToEvents((event) => {
      if (!following.current) return;
      if (event.event === "logs") opened.grown(event.last);
      if (event.event === "hello") void opened.pull();
    });
    return () => {
      stop();
      opened.end();
    };
  }, [level, search, following]);
  useEffect(() => {
    if (follow) void tail.pull();
  }, [follow, tail]);
  return { state: useSyncExternalStore(tail.subscribe, tail.state), again: () => void tail.pull() };
}
