import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test, vi } from "vitest";

import { openConsole, refusal } from "../../testing/console";
import { fakeConversations } from "./fakeConversations";

const list = () => screen.getByRole("grid", { name: "Conversations" });
const lines = () => within(list()).getAllByRole("row");
const line = (id: number) => document.querySelector<HTMLElement>(`[data-row="${id}"]`);
const opened = (id: number) => screen.findByRole("region", { name: `Question ${id}` });

/** The page with so many conversations. */
async function review(total: number, address = "/conversations", more?: Parameters<typeof fakeConversations>[1]) {
  const fake = fakeConversations(total, more);
  const page = await openConsole(address, fake.answers);
  await screen.findByRole("grid", { name: "Conversations" });
  return { ...page, fake };
}

beforeEach(() => {
  localStorage.clear();
  // A page of lines needs a height to show any.
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(600);
  vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(900);
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, "offsetWidth", "get").mockReturnValue(900);
});

describe("the list", () => {
  test("draws what is in sight of a long list, and says how many there are", async () => {
    const { sent } = await review(5000);
    expect(await screen.findByText("5,000 conversations")).toBeTruthy();
    expect(lines().length).toBeLessThan(40);
    expect(sent("POST /api/conversations/search")).toHaveLength(1);
    await userEvent.keyboard("{Tab}");
    lines()[0]?.focus();
    await userEvent.keyboard("{End}");
    await waitFor(() => expect(sent("POST /api/conversations/search").length).toBeGreaterThan(1));
  });

  test("searches what is typed, and the address keeps it", async () => {
    const { router } = await review(30);
    await userEvent.keyboard("/");
    expect(document.activeElement).toBe(screen.getByRole("searchbox"));
    await userEvent.keyboard("Question 12");
    await waitFor(() => expect(lines()).toHaveLength(1));
    expect(router.state.location.search).toEqual({ filter: '{"standings":["ok"],"text":"Question 12"}' });
    expect(line(12)?.querySelector("mark")?.textContent).toBe("Question");
  });

  test("leaves out what broke off or was refused until somebody asks for it", async () => {
    const ends = ["ok", "client_abort", "upstream_error", "blocked", "truncated"] as const;
    const { router } = await review(5, "/conversations", (id) => ({ standing: ends[id - 1] ?? "ok" }));
    expect(lines()).toHaveLength(1);
    expect(line(1)).toBeTruthy();
    await userEvent.click(await screen.findByRole("button", { name: "Clear filters" }));
    await waitFor(() => expect(lines()).toHaveLength(5));
    expect(router.state.location.search).toEqual({ filter: "{}" });
    await userEvent.click(screen.getByRole("button", { name: /^Complete/ }));
    await waitFor(() => expect(lines()).toHaveLength(1));
    expect(router.state.location.search).toEqual({});
  });

  test("says so where everything broke off", async () => {
    const fake = fakeConversations(2, () => ({ standing: "upstream_error" }));
    await openConsole("/conversations", fake.answers);
    expect(await screen.findByText("No conversation matches")).toBeTruthy();
  });

  test("tells what it could not read, and tries again", async () => {
    const fake = fakeConversations(3);
    let fails = true;
    await openConsole("/conversations", {
      ...fake.answers,
      "POST /api/conversations/search": (body, url) =>
        fails ? refusal(503, "unavailable", "The conversations cannot be opened.") : fake.answers["POST /api/conversations/search"]?.(body, url),
    });
    expect(await screen.findByText("The conversations could not be read.")).toBeTruthy();
    fails = false;
    await userEvent.click(screen.getAllByRole("button", { name: "Try again" })[0] as HTMLElement);
    await screen.findByRole("grid", { name: "Conversations" });
    expect(lines()).toHaveLength(3);
  });

  test("says that recording is off where it is", async () => {
    const fake = fakeConversations(0);
    await openConsole("/conversations", { ...fake.answers, "GET /api/recording": () => ({ enabled: false }) });
    expect(await screen.findByText("Recording is off")).toBeTruthy();
  });
});

describe("the keys", () => {
  test("decide, go on, and undo what was decided last, first", async () => {
    const { fake } = await review(5);
    await userEvent.keyboard("j");
    await opened(1);
    await userEvent.keyboard("a");
    await opened(2);
    await userEvent.keyboard("x");
    await opened(3);
    await waitFor(() => expect([fake.row(1)?.state, fake.row(2)?.state]).toEqual(["approved", "rejected"]));
    expect(within(line(2) as HTMLElement).getByText("Rejected")).toBeTruthy();
    await userEvent.keyboard("z");
    await opened(2);
    await waitFor(() => expect(within(line(2) as HTMLElement).getByText("New")).toBeTruthy());
    await userEvent.keyboard("z");
    await opened(1);
    await waitFor(() => expect(fake.row(1)?.state).toBe("new"));
    await userEvent.keyboard("z");
    expect(await screen.findByText("There is nothing to undo")).toBeTruthy();
  });

  test("rate, and take the rating away", async () => {
    const { fake } = await review(2, "/conversations?id=1");
    await opened(1);
    await userEvent.keyboard("4");
    await waitFor(() => expect(fake.row(1)?.rating).toBe(4));
    expect(screen.getByRole("button", { name: "4 stars" }).getAttribute("aria-pressed")).toBe("true");
    await userEvent.keyboard("0");
    await waitFor(() => expect(fake.row(1)?.rating).toBeNull());
  });

  test("are held back while somebody writes, but for the one that approves and goes on", async () => {
    const { fake, sent } = await review(3, "/conversations?id=1");
    await opened(1);
    await userEvent.keyboard("n");
    const note = await screen.findByRole("textbox", { name: "Note" });
    await waitFor(() => expect(document.activeElement).toBe(note));
    await userEvent.keyboard("axs12z");
    expect(sent("POST /api/conversations/undo")).toEqual([]);
    expect(fake.row(1)?.state).toBe("new");
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    await opened(2);
    await waitFor(() => expect(fake.row(1)).toMatchObject({ state: "approved", note: "axs12z" }));
  });

  test("decide nothing while they repeat, nor about what nobody has seen yet", async () => {
    const fake = fakeConversations(3);
    let show: () => void = () => undefined;
    const shown = new Promise<void>((resolve) => (show = resolve));
    const { sent } = await openConsole("/conversations?id=1", {
      ...fake.answers,
      "GET /api/conversations/2": async (body, url) => {
        await shown;
        return fake.answers["GET /api/conversations/2"]?.(body, url);
      },
    });
    await opened(1);
    fireEvent.keyDown(document.body, { key: "a", repeat: true });
    expect(sent("POST /api/conversations/change")).toEqual([]);
    await userEvent.keyboard("a");
    await waitFor(() => expect(sent("POST /api/conversations/change")).toHaveLength(1));
    await userEvent.keyboard("a");
    expect(sent("POST /api/conversations/change")).toHaveLength(1);
    show();
    await opened(2);
    await userEvent.keyboard("a");
    await waitFor(() => expect(fake.row(2)?.state).toBe("approved"));
  });

  test("are all listed, with those of the review first", async () => {
    await review(1);
    await userEvent.keyboard("?");
    const help = await screen.findByRole("dialog", { name: "Keyboard shortcuts" });
    expect(within(help).getByText("Approve and go on, while writing too")).toBeTruthy();
  });

  test("take back on the page what the console refused", async () => {
    const fake = fakeConversations(2);
    await openConsole("/conversations?id=1", {
      ...fake.answers,
      "POST /api/conversations/change": () => refusal(503, "unavailable", "The disk is full."),
    });
    await opened(1);
    await userEvent.keyboard("5");
    expect(await screen.findByText("The disk is full.")).toBeTruthy();
    expect(screen.getByRole("button", { name: "5 stars" }).getAttribute("aria-pressed")).toBe("false");
  });
});

describe("many at once", () => {
  test("are selected with the keys, changed together, and undone from the message", async () => {
    const { fake, sent } = await review(10);
    lines()[1]?.focus();
    await userEvent.keyboard(" {Shift>}{ArrowDown}{ArrowDown}{/Shift}");
    expect(screen.getByText("3 selected")).toBeTruthy();
    await userEvent.click(within(screen.getByRole("group", { name: "Do with what is selected" })).getByRole("button", { name: "Approve" }));
    expect(await screen.findByText("3 conversations changed")).toBeTruthy();
    expect(sent("POST /api/conversations/change")).toEqual([{ selection: { ids: [2, 3, 4] }, change: { state: "approved" } }]);
    await userEvent.click(within(screen.getByText("3 conversations changed").closest("[role=status]") as HTMLElement).getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(fake.row(3)?.state).toBe("new"));
  });

  test("can be everything that matches, seen or not", async () => {
    const { sent } = await review(500, "/conversations?filter=%7B%22states%22%3A%5B%22new%22%5D%7D");
    lines()[0]?.focus();
    await userEvent.keyboard(" ");
    await userEvent.click(await screen.findByRole("button", { name: "Select all 500 that match" }));
    expect(screen.getByText("500 selected")).toBeTruthy();
    await userEvent.keyboard("x");
    await waitFor(() =>
      expect(sent("POST /api/conversations/change")).toEqual([{ selection: { matching: { states: ["new"] } }, change: { state: "rejected" } }]),
    );
  });

  test("are deleted once somebody says so", async () => {
    const { sent } = await review(4);
    lines()[0]?.focus();
    await userEvent.keyboard(" {Delete}");
    const question = await screen.findByRole("alertdialog");
    expect(sent("POST /api/conversations/delete")).toEqual([]);
    await userEvent.click(within(question).getByRole("button", { name: "Delete" }));
    await waitFor(() => expect(lines()).toHaveLength(3));
    expect(sent("POST /api/conversations/delete")).toEqual([{ selection: { ids: [1] } }]);
  });
});

describe("an edit", () => {
  test("shows what differs while one writes, keeps what was said, and can be compared", async () => {
    const { sent } = await review(2, "/conversations?id=1");
    const conversation = await opened(1);
    await userEvent.keyboard("e");
    const text = await within(conversation).findByRole("textbox", { name: "Text" });
    await userEvent.clear(text);
    await userEvent.keyboard("Answer 1, plain");
    const difference = within(conversation).getByRole("group", { name: "Difference" });
    expect(difference.querySelector("del")?.textContent).toContain("bold");
    expect(difference.querySelector("ins")?.textContent).toContain("plain");
    await userEvent.click(within(conversation).getByRole("button", { name: "Save" }));
    await waitFor(() => expect(sent("PUT /api/conversations/1/edit")).toHaveLength(1));
    expect(sent("PUT /api/conversations/1/edit")[0]).toMatchObject({ turns: [{}, { parts: [{ text: "Answer 1, plain" }] }] });
    await userEvent.click(await within(conversation).findByRole("radio", { name: "As said" }));
    expect(await within(conversation).findByText("bold")).toBeTruthy();
    await userEvent.click(within(conversation).getByRole("radio", { name: "Difference" }));
    expect((await within(conversation).findByText("plain")).tagName).toBe("INS");
  });

  test("that is being written is kept when one approves and goes on", async () => {
    const { fake, sent } = await review(2, "/conversations?id=1");
    const conversation = await opened(1);
    await userEvent.keyboard("e");
    await within(conversation).findByRole("textbox", { name: "Text" });
    await userEvent.keyboard("!");
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    await opened(2);
    expect(sent("PUT /api/conversations/1/edit")).toHaveLength(1);
    await waitFor(() => expect(fake.row(1)?.state).toBe("approved"));
  });
});
