import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test } from "vitest";

import { openConsole } from "../../../testing/console";
import { fakeConversations } from "../fakeConversations";
import { firstSpec } from "./spec";

const tally = (rows: number, dropped: number) => ({
  conversations: rows + dropped,
  rows: { train: rows },
  dropped: dropped > 0 ? { E_EMPTY: dropped } : {},
  passed_over: 0,
  redactions: { email: 1200, api_key: 1, of_tomorrow: 3 },
});

/** The dialog, for a data set of so many rows. */
async function exporting(rows: number, dropped: number) {
  const job = { id: 1, spec: firstSpec, folder: "/exports/one", done: rows, of: rows, state: { state: "done", summary: { folder: "/exports/one", files: [], tally: tally(rows, dropped) } } };
  await openConsole("/conversations", {
    ...fakeConversations(3).answers,
    "POST /api/exports/preview": () => ({ tally: tally(rows, dropped), would_write: rows, examples: {}, first: [] }),
    "POST /api/exports": () => job,
    "GET /api/exports": () => [job],
  });
  await userEvent.click(await screen.findByRole("button", { name: "Export…" }));
}

describe("an export", () => {
  test("says in words what is made unreadable", async () => {
    await exporting(2, 0);
    expect(await screen.findByText("Redacted: E-mail addresses 1,200 · API keys 1 · of_tomorrow 3")).toBeTruthy();
  });

  test.each([
    [1, 1, "1 row written, 1 conversation left out."],
    [1200, 0, "1,200 rows written, 0 conversations left out."],
  ])("of %i rows without %i conversations is told as such", async (rows, dropped, told) => {
    await exporting(rows, dropped);
    await userEvent.click(await screen.findByRole("button", { name: "Export" }));
    expect(await screen.findByText(told)).toBeTruthy();
  });
});
