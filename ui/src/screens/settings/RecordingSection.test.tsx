import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import type { Schemas } from "../../api/types";
import { open, setting } from "./fakeSettings";

const enabled = setting("recording.enabled", { type: "bool" }, true);
const most = setting("recording.max_bytes", { type: "integer", min: 0, max: 1e12, unit: "bytes" }, 4000);
const usage: Schemas["RecordingUsage"] = { exchanges: 12, stored_bytes: 800, media_bytes: 200, oldest_ms: 1_700_000_000_000, waiting: 0, lost: 3 };
const view = (more: Partial<Schemas["RecordingView"]> = {}): Schemas["RecordingView"] => ({ enabled: true, private: false, active: true, usage, ...more });

describe("the recording of conversations", () => {
  it("tells that it happens here and how much is kept", async () => {
    await open("recording", [enabled, most], { "GET /api/recording": () => view() });
    await screen.findByText(/Conversations are recorded on this computer/);
    const meter = await screen.findByRole("progressbar", { name: "What is kept" });
    expect(meter.getAttribute("aria-valuetext")).toBe("1 kB of 4 kB");
    expect(screen.getByText("12")).toBeTruthy();
    expect(screen.getByText("3")).toBeTruthy();
  });

  it("begins and ends a private time, of which the frame tells too", async () => {
    let now = view();
    const fake = await open("recording", [enabled, most], {
      "GET /api/recording": () => now,
      "PUT /api/recording": (body) => (now = view({ private: (body as Schemas["RecordingChange"]).private })),
    });
    await userEvent.click(await screen.findByRole("button", { name: "Begin private mode" }));
    await screen.findByText(/nothing is recorded until you end it/);
    await userEvent.click(screen.getAllByRole("button", { name: "End private mode" })[0] as HTMLElement);
    await screen.findByRole("button", { name: "Begin private mode" });
    expect(fake.sent("PUT /api/recording")).toEqual([{ private: true }, { private: false }]);
  });

  it("deletes everything after a question", async () => {
    let now = view();
    const fake = await open("recording", [enabled, most], {
      "GET /api/recording": () => now,
      "DELETE /api/recording": () => (now = view({ usage: { ...usage, exchanges: 0 } })),
    });
    await userEvent.click(await screen.findByRole("button", { name: "Delete everything recorded" }));
    expect(fake.sent("DELETE /api/recording")).toEqual([]);
    await userEvent.click(within(await screen.findByRole("alertdialog")).getByRole("button", { name: "Delete everything recorded" }));
    await screen.findByText("Everything recorded was deleted");
    expect(fake.sent("DELETE /api/recording")).toHaveLength(1);
  });

  it("says why nothing is recorded", async () => {
    const failed = "conversations.db was written by a newer Postern";
    await open("recording", [enabled, most], { "GET /api/recording": () => view({ active: false, failed, usage: null }) });
    expect((await screen.findByRole("alert")).textContent).toContain(failed);
  });
});
