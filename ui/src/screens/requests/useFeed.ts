import { useEffect, useState, useSyncExternalStore } from "react";

import { answer, client } from "../../api/client";
import { listenToEvents } from "../../api/events";
import { Trouble } from "../../api/trouble";
import { Feed, type FeedState, type Source } from "./feed";
import type { Filter } from "./filter";

const PAGE_ROWS = 200;

/** The journal behind the console API. */
export const journal: Source = {
  page: (filter, before) =>
    answer(client.GET("/api/requests", { params: { query: { ...filter, limit: PAGE_ROWS, ...(before && { before }) } } })),
  row: async (id) => {
    try {
      const { timeline: _, body: __, ...row } = await answer(client.GET("/api/requests/{id}", { params: { path: { id } } }));
      return row;
    } catch (error) {
      if (error instanceof Trouble && error.code === "not_found") return undefined;
      throw error;
    }
  },
};

/** The list for a filter, read and kept live while it is shown. */
export function useFeed(filter: Filter): { feed: Feed; state: FeedState } {
  const name = JSON.stringify(filter);
  const [held, setHeld] = useState(() => ({ name, feed: new Feed(filter, journal) }));
  // Another filter is another list.
  const current = held.name === name ? held : { name, feed: new Feed(filter, journal) };
  if (current !== held) setHeld(current);
  const { feed } = current;
  useEffect(() => {
    void feed.reload();
    return listenToEvents((event) => {
      if (event.event === "hello") void feed.refresh();
      if (event.event !== "requests") return;
      feed.live(event.rows);
      if (event.gap) void feed.refresh();
    });
  }, [feed]);
  return { feed, state: useSyncExternalStore(feed.subscribe, feed.state) };
}
