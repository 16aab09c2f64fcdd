import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import { refusal } from "../../testing/console";
import { type Change, changes, open, port, row, setting } from "./fakeSettings";

afterEach(() => vi.restoreAllMocks());

describe("a setting", () => {
  it("is saved when it is left, marked as changed, and taken back to nobody's choice", async () => {
    const fake = await open("limits", [setting("limits.queue_length", { type: "integer", min: 1, max: 1000, unit: "count" }, 100)]);
    const queue = await row("Queue");
    expect(within(queue).getByText(/^Default: 100/)).toBeTruthy();
    const input = within(queue).getByLabelText("Queue");
    await userEvent.clear(input);
    await userEvent.type(input, "50");
    await userEvent.tab();
    await within(queue).findByText("Changed");
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(within(queue).queryByText("Changed")).toBeNull());
    expect(changes(fake)).toEqual([["limits.queue_length", 50], ["limits.queue_length", null]]);
    expect((input as HTMLInputElement).value).toBe("100");
  });

  it("is taken back to what the file said before", async () => {
    const fake = await open("browser", [setting("browser.headless", { type: "bool" }, false, { source: "file", default: true })]);
    await userEvent.click(within(await row("Without a window")).getByRole("switch"));
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(changes(fake)).toEqual([["browser.headless", true], ["browser.headless", false]]));
  });

  it("goes back to its default", async () => {
    const fake = await open("browser", [setting("browser.headless", { type: "bool" }, false, { source: "file", default: true })]);
    await userEvent.click(await screen.findByRole("button", { name: "Reset Without a window to its default" }));
    await waitFor(() => expect(changes(fake)).toEqual([["browser.headless", null]]));
    await waitFor(() => expect(screen.queryByRole("button", { name: /Reset/ })).toBeNull());
  });

  it("keeps what was written and says what the server says about it, until Esc", async () => {
    const text = setting("aistudio.url", { type: "text", expected: "a URL" }, "https://aistudio.google.com");
    const fake = await open("aistudio", [text], {
      "PATCH /api/settings": () => refusal(400, "invalid", "aistudio.url: aistudio.url[0]: expected a URL that starts with https://"),
    });
    const input = within(await row("Address of the site")).getByRole<HTMLInputElement>("textbox");
    await userEvent.clear(input);
    await userEvent.type(input, "nonsense{Enter}");
    const alert = await screen.findByText("expected a URL that starts with https://");
    expect(input.value).toBe("nonsense");
    expect(input.getAttribute("aria-invalid")).toBe("true");
    expect(document.getElementById(input.getAttribute("aria-describedby")?.split(" ").at(-1) ?? "")?.contains(alert)).toBe(true);
    await userEvent.tab();
    expect(fake.sent("PATCH /api/settings")).toHaveLength(1);
    input.focus();
    await userEvent.keyboard("{Escape}");
    expect(input.value).toBe("https://aistudio.google.com");
    expect(screen.queryByText("expected a URL that starts with https://")).toBeNull();
  });

  it("refuses a number out of bounds without asking", async () => {
    const fake = await open("server", [port]);
    const input = within(await row("Port")).getByRole("textbox");
    await userEvent.clear(input);
    await userEvent.type(input, "70000{Enter}");
    await screen.findByText("Write a whole number from 0 to 65535.");
    expect(fake.sent("PATCH /api/settings")).toEqual([]);
  });

  it("offers the free port when the wanted one is taken", async () => {
    const taken = (body: unknown) =>
      (body as Change).changes[0]?.value === 2049
        ? refusal(409, "conflict", "Another program listens there.", "Port 2050 is free.")
        : { file: "", settings: [{ ...port, value: 2050, source: "file" }] };
    const fake = await open("server", [port], { "PATCH /api/settings": taken });
    const input = within(await row("Port")).getByRole<HTMLInputElement>("textbox");
    await userEvent.clear(input);
    await userEvent.type(input, "2049{Enter}");
    await screen.findByText("Another program listens there.");
    await userEvent.click(screen.getByRole("button", { name: "Use port 2050" }));
    await waitFor(() => expect(input.value).toBe("2050"));
    expect(changes(fake)).toEqual([["server.port", 2049], ["server.port", 2050]]);
    expect(screen.queryByText("Another program listens there.")).toBeNull();
  });

  it("cannot be changed while the environment decides, and says so", async () => {
    await open("server", [{ ...port, source: "environment" }]);
    const locked = await row("Port");
    expect(within(locked).getByRole<HTMLInputElement>("textbox").disabled).toBe(true);
    expect(within(locked).getByText(/An environment variable decides this/)).toBeTruthy();
    expect(within(locked).getByText("The server moves to the new address")).toBeTruthy();
  });

  it("of bytes is written in MiB and saved to the byte", async () => {
    const kind = { type: "integer", min: 0, max: 1e12, unit: "bytes" } as const;
    const fake = await open("limits", [setting("limits.body_bytes", kind, 67_108_864)]);
    const size = await row("Size of a request");
    const input = within(size).getByRole<HTMLInputElement>("textbox");
    expect(input.value).toBe("64");
    expect(within(size).getByText("= 67,108,864 bytes")).toBeTruthy();
    await userEvent.clear(input);
    await userEvent.type(input, "1.5{Enter}");
    await waitFor(() => expect(changes(fake)).toEqual([["limits.body_bytes", 1_572_864]]));
  });

  it("of several texts gains, changes and loses lines", async () => {
    const fake = await open("server", [setting("server.allowed_hosts", { type: "list", expected: "a host" }, ["one.test"])]);
    const hosts = await row("Further host names");
    await userEvent.type(within(hosts).getByLabelText("Further host names, new entry"), "two.test{Enter}");
    const second = await within(hosts).findByLabelText("Further host names, entry 2");
    await userEvent.type(second, "s");
    await userEvent.tab();
    await waitFor(() => expect(changes(fake)).toHaveLength(2));
    await userEvent.click(within(hosts).getByRole("button", { name: "Remove one.test" }));
    await waitFor(() => expect(changes(fake).map(([, value]) => value)).toEqual([["one.test", "two.test"], ["one.test", "two.tests"], ["two.tests"]]));
  });

  it("of names and texts gains and loses pairs", async () => {
    const fake = await open("models", [setting("models.aliases", { type: "map", expected: "a model" }, { a: "b" })]);
    const aliases = await row("Aliases");
    await userEvent.type(within(aliases).getByLabelText("Aliases, new name"), "gpt");
    await userEvent.type(within(aliases).getByLabelText("Aliases, value of the new name"), "gemini{Enter}");
    await within(aliases).findByLabelText("Value of gpt");
    await userEvent.click(within(aliases).getByRole("button", { name: "Remove a" }));
    await waitFor(() => expect(changes(fake).map(([, value]) => value)).toEqual([{ a: "b", gpt: "gemini" }, { gpt: "gemini" }]));
  });

  it("of a newer server is shown under its raw name", async () => {
    await open("vault", [setting("vault.keyring", { type: "choice", options: ["a", "b", "c", "d"] }, "a")]);
    expect(within(await row("vault.keyring")).getByRole<HTMLSelectElement>("combobox").value).toBe("a");
    expect(screen.getByRole("link", { name: "vault" }).getAttribute("aria-current")).toBe("page");
  });
});
