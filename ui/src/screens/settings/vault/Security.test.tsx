import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import type { Schemas } from "../../../api/types";
import { refusal } from "../../../testing/console";
import { open } from "../fakeSettings";

const key = "000G40SQ-0G2GC1Z0-104GM2VN-1G6GW3V3-208H44YW-2GAHC5R7-30CHM6V3-3GEHW7RW";
const kept: Schemas["VaultView"] = {
  place: "keyring",
  warning: null,
  since: 1_700_000_000,
  secrets: 4,
  unreadable: 0,
  recovery_shown_at: null,
  given: false,
};
const press = async (name: string) => userEvent.click(await screen.findByRole("button", { name }));

afterEach(() => vi.restoreAllMocks());

describe("the master key", () => {
  it("is told in plain words, and why it cannot be told", async () => {
    let broken = true;
    await open("security", [], {
      "GET /api/vault": () => (broken ? refusal(503, "unavailable", "The keyring is gone.", "Unlock it.") : kept),
    });
    await screen.findByText(/The keyring is gone\./);
    broken = false;
    await press("Try again");
    await screen.findByText("In the keyring of this system");
    expect(screen.queryByRole("note")?.textContent).toContain("Keep the recovery key");
  });

  it("in a file is warned of, with the reason", async () => {
    const warning = { kind: "in_file", why: "the system has no keyring: no bus" } as const;
    await open("security", [], { "GET /api/vault": () => ({ ...kept, place: "file", warning }) });
    await screen.findByText("The master key lies in a file beside what it seals");
    expect(screen.getByText("the system has no keyring: no bus")).toBeTruthy();
    expect(screen.getByText("In the file master.key in the data folder")).toBeTruthy();
  });

  it("is shown for recovery once, until its owner has kept it", async () => {
    let shown: number | null = null;
    const fake = await open("security", [], {
      "GET /api/vault": () => ({ ...kept, recovery_shown_at: shown }),
      "POST /api/vault/recovery": () => {
        shown = 1_700_000_001;
        return { key };
      },
    });
    await press("Show the recovery key");
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getByText(key)).toBeTruthy();
    await userEvent.keyboard("{Escape}");
    await userEvent.click(dialog.getByRole("button", { name: "Done" }));
    expect(screen.getByRole("dialog")).toBeTruthy();
    await userEvent.click(dialog.getByRole("checkbox", { name: "I have kept it in a safe place" }));
    await userEvent.click(dialog.getByRole("button", { name: "Done" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(document.body.textContent).not.toContain(key);
    await screen.findByText(/The recovery key is not shown again/);
    expect(screen.queryByRole("button", { name: "Show the recovery key" })).toBeNull();
    expect(fake.sent("POST /api/vault/recovery")).toHaveLength(1);
  });

  it("can be saved as a file", async () => {
    const url = vi.fn((_: Blob) => "blob:x");
    Object.assign(URL, { createObjectURL: url, revokeObjectURL: () => undefined });
    const saved = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
    await open("security", [], { "GET /api/vault": () => kept, "POST /api/vault/recovery": () => ({ key }) });
    await press("Show the recovery key");
    await press("Save as a file");
    expect(saved).toHaveBeenCalledOnce();
    expect(await url.mock.calls[0]?.[0].text()).toBe(`${key}\n`);
  });

  it("says why it is not shown a second time", async () => {
    await open("security", [], {
      "GET /api/vault": () => kept,
      "POST /api/vault/recovery": () => refusal(409, "conflict", "It was shown before.", "Re-key."),
    });
    await press("Show the recovery key");
    await screen.findByText(/It was shown before\./);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("is recovered when it was lost, and a typo stands at the field", async () => {
    let unreadable = 2;
    const fake = await open("security", [], {
      "GET /api/vault": () => ({ ...kept, unreadable }),
      "POST /api/vault/recover": (body) => {
        if ((body as { key: string }).key !== key) {
          return Response.json({ error: { code: "invalid", message: "Group 5 has a typo.", field: "key" } }, { status: 400 });
        }
        unreadable = 0;
        return { secrets: 2, vault: { ...kept, unreadable } };
      },
    });
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("2 of 4 stored secrets cannot be opened");
    await userEvent.click(within(alert).getByRole("button", { name: "Recover a lost key" }));
    const field = await screen.findByRole("textbox", { name: "Recovery key" });
    await userEvent.type(field, "nearly");
    await press("Recover");
    await screen.findByText("Group 5 has a typo.");
    expect(field.getAttribute("aria-invalid")).toBe("true");
    await userEvent.clear(field);
    await userEvent.type(field, key);
    await press("Recover");
    await screen.findByText("2 secrets open again");
    await waitFor(() => expect(screen.queryByText(/cannot be opened/)).toBeNull());
    expect(fake.sent("POST /api/vault/recover")).toHaveLength(2);
  });

  it("is exchanged after a question, and the new recovery key is shown", async () => {
    const fake = await open("security", [], { "GET /api/vault": () => kept, "POST /api/vault/rekey": () => ({ key }) });
    await press("Exchange the key");
    const question = within(await screen.findByRole("alertdialog"));
    expect(fake.sent("POST /api/vault/rekey")).toEqual([]);
    await userEvent.click(question.getByRole("button", { name: "Exchange the key" }));
    expect(within(await screen.findByRole("dialog")).getByText(key)).toBeTruthy();
    expect(fake.sent("POST /api/vault/rekey")).toHaveLength(1);
  });

  it("that is given from outside can be neither shown nor exchanged here", async () => {
    await open("security", [], { "GET /api/vault": () => ({ ...kept, place: "environment", given: true }) });
    await screen.findByText("In the environment variable POSTERN_MASTER_KEY");
    expect(screen.queryByRole("button", { name: "Show the recovery key" })).toBeNull();
    const exchange = screen.getByRole("button", { name: "Exchange the key" });
    expect(exchange.getAttribute("aria-disabled")).toBe("true");
    await userEvent.click(exchange);
    expect(screen.queryByRole("alertdialog")).toBeNull();
  });
});
