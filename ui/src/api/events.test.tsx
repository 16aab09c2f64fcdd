import { act, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { makeQueries } from "../app/App";
import { fakeConsole, quiet, running, stopped } from "../testing/console";
import { apply, keepLive, useConnection, useRequestRows } from "./events";
import { read } from "./queries";
import type { RequestRow } from "./types";

const row: RequestRow = { id: "r1", at_ms: 1, method: "POST", path: "/v1/x", outcome: "running", stream: true, source: "client" };

afterEach(() => vi.restoreAllMocks());

describe("an event", () => {
  it("brings the new state to every page that shows it", () => {
    const queries = makeQueries();
    queries.setQueryData(read.overview().queryKey, quiet);
    apply(queries, { event: "server", server: stopped });
    expect(queries.getQueryData(read.server().queryKey)).toEqual(stopped);
    expect(queries.getQueryData(read.overview().queryKey)?.server).toEqual(stopped);

    const queue = [{ id: "r1", model: "m", upstream: "u", stream: true, position: 1, since_ms: 1 }];
    apply(queries, { event: "queue", queue });
    expect(queries.getQueryData(read.queue().queryKey)).toEqual({ queue });
    expect(queries.getQueryData(read.overview().queryKey)?.queue).toEqual(queue);
  });

  it("marks as old what it does not bring along", () => {
    const queries = makeQueries();
    queries.setQueryData(read.keys().queryKey, { success: true, keys: [], total_count: 0 });
    queries.setQueryData(read.session().queryKey, { visitor: "browser", signed_in: true, password_set: true, version: "1" });
    const isOld = (key: readonly unknown[]) => queries.getQueryState(key)?.isInvalidated;
    apply(queries, { event: "models" });
    expect(isOld(["keys"])).toBe(false);
    apply(queries, { event: "keys" });
    expect(isOld(["keys"])).toBe(true);
    apply(queries, { event: "hello" });
    expect(isOld(["session"])).toBe(false);
  });

  it("reads the path proxy anew when somebody was refused", async () => {
    const queries = makeQueries();
    queries.setQueryData(read.proxy().queryKey, { known_vendors: true, domains: [], withdrawn: [], refused: [] });
    apply(queries, { event: "refusals" });
    await waitFor(() => expect(queries.getQueryState(read.proxy().queryKey)?.isInvalidated).toBe(true));
  });

  it("does not make the rest of an old overview count as new", () => {
    const queries = makeQueries();
    const { queryKey } = read.overview();
    queries.setQueryData(queryKey, quiet);
    void queries.invalidateQueries({ queryKey });
    apply(queries, { event: "queue", queue: [] });
    expect(queries.getQueryState(queryKey)?.isInvalidated).toBe(true);
    apply(queries, { event: "server", server: stopped });
    expect(queries.getQueryState(queryKey)?.isInvalidated).toBe(true);
  });

  describe("of finished requests", () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it("makes the sums old, once in two seconds however many come", () => {
      const queries = makeQueries();
      const invalidate = vi.spyOn(queries, "invalidateQueries");
      const sums = () => invalidate.mock.calls.filter(([filter]) => filter?.queryKey?.[0] === "overview").length;
      apply(queries, { event: "requests", rows: [row], gap: false });
      vi.advanceTimersByTime(5000);
      expect(sums()).toBe(0);
      for (let count = 0; count < 50; count++) apply(queries, { event: "requests", rows: [{ ...row, outcome: "ok" }], gap: false });
      vi.advanceTimersByTime(5000);
      expect(sums()).toBe(1);
    });
  });
});

describe("the event stream", () => {
  function Watcher({ onRows }: { onRows: (rows: RequestRow[], gap: boolean) => void }) {
    useRequestRows(onRows);
    return <p>{useConnection().state}</p>;
  }

  it("hands rows on, tells when it is lost and comes back by itself", async () => {
    const fake = fakeConsole();
    const onRows = vi.fn();
    render(<Watcher onRows={onRows} />);
    expect(screen.getByText("connecting")).toBeDefined();
    const stop = keepLive(makeQueries());
    await screen.findByText("live");
    fake.emit({ event: "server", server: running });
    fake.emit({ event: "requests", rows: [row], gap: true });
    await waitFor(() => expect(onRows).toHaveBeenCalledWith([row], true));

    fake.breakOff();
    await screen.findByText("lost");
    await screen.findByText("live", undefined, { timeout: 3000 });
    expect(fake.sent("GET /api/events")).toHaveLength(2);
    act(stop);
    await screen.findByText("connecting");
  });
});
