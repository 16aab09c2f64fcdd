import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import { enrolment } from "../../../testing/accounts";
import { openConsole, refusal } from "../../../testing/console";
import { bytesOf, choose, packed } from "./files";

afterEach(() => vi.restoreAllMocks());

const cookies = new File(['{"cookies":[]}'], "alice.json", { type: "application/json" });
const archive = new File([new Uint8Array([0, 255, 128])], "bob.postern-profile");
const began = { "POST /api/enrolments/import": () => ({ enrolments: [enrolment("e1", "page"), enrolment("e2", "page")] }) };
const take = (files: File[]) => ({ dataTransfer: { types: ["Files"], files } });
const button = () => screen.getByRole("button", { name: /^Import \d/ });

describe("the import", () => {
  it("takes dropped files and picked ones, and asks for the passphrase of an archive", async () => {
    const page = await openConsole("/accounts?add=import", began);
    await screen.findByRole("dialog", { name: "Import accounts" });
    fireEvent.drop(window, take([cookies]));
    expect(screen.queryByLabelText("Passphrase")).toBeNull();
    await userEvent.upload(document.querySelector("input[type=file]") as HTMLInputElement, archive);
    await userEvent.click(screen.getByRole("checkbox"));
    await userEvent.click(button());
    expect(page.sent("POST /api/enrolments/import")).toEqual([]);
    await userEvent.type(screen.getByLabelText("Passphrase"), "open sesame");
    await userEvent.click(button());
    await waitFor(() => expect(page.router.state.location.search).toEqual({ enrolment: "e1,e2" }));
    expect(page.sent("POST /api/enrolments/import")).toEqual([
      {
        files: [
          { name: "alice.json", content: btoa('{"cookies":[]}') },
          { name: "bob.postern-profile", content: "AP+A" },
        ],
        passphrase: "open sesame",
        consent: true,
      },
    ]);
  });

  it("begins only after consent, and keeps the files when it fails", async () => {
    const page = await openConsole("/accounts?add=import", { "POST /api/enrolments/import": () => refusal(413, "too_large", "Too much.") });
    await screen.findByRole("dialog");
    fireEvent.drop(window, take([cookies]));
    await userEvent.click(button());
    expect(page.sent("POST /api/enrolments/import")).toEqual([]);
    await userEvent.click(screen.getByRole("checkbox"));
    await userEvent.click(button());
    expect(await screen.findByText(/Too much\./)).toBeDefined();
    expect(screen.getByText("alice.json")).toBeDefined();
  });

  it("opens for files that are dropped on the page", async () => {
    await openConsole("/accounts");
    await screen.findByText("No account yet");
    fireEvent.dragEnter(window, take([]));
    expect(await screen.findByText("Drop files here")).toBeDefined();
    const passed = fireEvent.drop(window, take([cookies]));
    expect(passed).toBe(false);
    await screen.findByRole("dialog", { name: "Import accounts" });
    expect(screen.getByText("alice.json")).toBeDefined();
    await userEvent.click(screen.getByRole("button", { name: "Take out alice.json" }));
    expect(screen.queryByText("alice.json")).toBeNull();
  });
});

describe("chosen files", () => {
  it("are told apart, and sent only when they can be", () => {
    const empty = new File([], "nothing.json");
    const large = new File([new Uint8Array(8_000_001)], "film.json");
    const chosen = choose(choose([], [cookies, archive]), [cookies, empty, large]);
    expect(chosen.map(({ kind, problem }) => [kind, problem])).toEqual([
      ["cookies", null],
      ["archive", null],
      ["cookies", "twice"],
      ["cookies", "empty"],
      ["cookies", "large"],
    ]);
    expect(bytesOf(chosen)).toBe(cookies.size + archive.size);
  });

  it("are sent byte by byte", async () => {
    expect(await packed(archive)).toEqual({ name: "bob.postern-profile", content: "AP+A" });
    expect((await packed(new File([], "empty"))).content).toBe("");
  });
});
