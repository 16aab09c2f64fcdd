import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import type { Schemas } from "../../../api/types";
import { account } from "../../../testing/accounts";
import { type Answers, openConsole, refusal } from "../../../testing/console";
import type { Control, Report } from "./words";

afterEach(() => vi.restoreAllMocks());

const built: Schemas["PackStatus"] = { version: 2 };

const control = (purpose: string, sight: Control["sight"], more: Partial<Control> = {}): Control => ({
  purpose,
  name: `The ${purpose}`,
  group: "prompt",
  need: "required",
  loss: "answers",
  sight,
  ...more,
});

const report = (controls: Control[], more: Partial<Report> = {}): Report => ({
  checked_at: 1_700_000_000,
  model: "gemini-x",
  pack: built,
  controls,
  ...more,
});

const mixed = report([
  control("prompt", { state: "found", selector: "textarea.a", rank: 0 }),
  control("run", { state: "missing", tried: ["button.run", "button.go"] }),
  control("new_thing", { state: "found", selector: "div.b", rank: 2 }, { need: "optional", loss: "setting" }),
  control("top_p", { state: "missing", tried: ["input.p"] }, { group: "settings", need: "optional", loss: "setting" }),
  control("stop", { state: "not_looked_for", why: "no_answer" }, { group: "answer", need: "optional", loss: "stopping" }),
]);

const open = (more: Answers = {}) =>
  openConsole("/settings/page", {
    "GET /api/accounts": () => ({ accounts: [account("main"), account("spare")] }),
    "GET /api/page": () => ({ pack: built, pack_path: "/data/selectors.toml", reports: [] }),
    ...more,
  });

/** A console that finds this on the page of `main`, and remembers it. */
const finding = (found: Report): Answers => {
  const reports: Schemas["AccountPage"][] = [];
  return {
    "GET /api/page": () => ({ pack: built, pack_path: "/data/selectors.toml", reports }),
    "POST /api/page/main/check": () => {
      reports.push({ account: "main", report: found });
      return found;
    },
  };
};

describe("the check of AI Studio's page", () => {
  it("shows control by control what is there, what is missing and what that costs", async () => {
    const fake = await open(finding(mixed));
    await screen.findByText("Not looked at yet");
    await userEvent.click(screen.getByRole("button", { name: "Check the page" }));
    const prompt = await screen.findByRole("region", { name: "Prompt" });
    expect(within(prompt).getByText("textarea.a")).toBeTruthy();
    expect(within(prompt).getByText("Run button")).toBeTruthy();
    expect(within(prompt).getByText("No request to AI Studio can be answered.")).toBeTruthy();
    expect(within(prompt).getByText("button.go")).toBeTruthy();
    // What this page has no words for is called as the server calls it.
    expect(within(prompt).getByText("The new_thing")).toBeTruthy();
    expect(within(prompt).getByText("Fallback 2")).toBeTruthy();
    const answer = screen.getByRole("region", { name: "Answer" });
    expect(within(answer).getByText(/to ask for one would cost a request/)).toBeTruthy();
    for (const sum of ["2 controls found", "1 required one missing", "1 optional one missing", "1 by a fallback", "1 not looked for now"]) {
      expect(screen.getByText(sum)).toBeTruthy();
    }
    expect(screen.getByText("Open with gemini-x")).toBeTruthy();
    expect(fake.sent("POST /api/page/main/check")).toHaveLength(1);
    expect(screen.getByRole("button", { name: "Check again" })).toBeTruthy();
  });

  it("can leave out what is in order", async () => {
    await open({ "GET /api/page": () => ({ pack: built, pack_path: "/x", reports: [{ account: "main", report: mixed }] }) });
    await screen.findByText("textarea.a");
    await userEvent.click(screen.getByRole("radio", { name: "Missing or by a fallback" }));
    expect(screen.queryByText("textarea.a")).toBeNull();
    expect(screen.queryByRole("region", { name: "Answer" })).toBeNull();
    expect(screen.getByText("button.run")).toBeTruthy();
    expect(screen.getByText("div.b")).toBeTruthy();
  });

  it("looks with the account that is chosen, which stands in the address", async () => {
    const reports = [{ account: "spare", report: mixed }];
    const { router } = await open({ "GET /api/page": () => ({ pack: built, pack_path: "/x", reports }) });
    await screen.findByText("Not looked at yet");
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "Account" }), "spare");
    await screen.findByText("textarea.a");
    expect(router.state.location.search).toEqual({ account: "spare" });
  });

  it("says that it waits for a running answer, and why it could not look", async () => {
    let done: (answer: Response) => void = () => undefined;
    await open({
      "GET /api/accounts": () => ({ accounts: [account("main", { pending: 2 })] }),
      "POST /api/page/main/check": () => new Promise<Response>((resolve) => (done = resolve)),
    });
    await userEvent.click(await screen.findByRole("button", { name: "Check the page" }));
    await screen.findByText(/answers 2 requests/);
    done(refusal(503, "unavailable", "Google asks for a new sign-in."));
    await screen.findByText(/Google asks for a new sign-in/);
    expect(screen.queryByText(/answers 2 requests/)).toBeNull();
  });

  it("does not look with an account that is off, and says so", async () => {
    const fake = await open({ "GET /api/accounts": () => ({ accounts: [account("main", { enabled: false })] }) });
    const button = await screen.findByRole("button", { name: "Check the page" });
    expect(button.getAttribute("aria-disabled")).toBe("true");
    await userEvent.click(button);
    expect(fake.sent("POST /api/page/main/check")).toEqual([]);
  });

  it("says what to do without an account, and what could not be read", async () => {
    await open({ "GET /api/accounts": () => ({ accounts: [] }) });
    expect((await screen.findByRole("link", { name: "Go to the accounts" })).getAttribute("href")).toContain("/accounts");
  });

  it("says why nothing is known, and reads it again", async () => {
    let broken = true;
    await open({
      "GET /api/page": () => (broken ? refusal(500, "internal", "A defect.") : { pack: built, pack_path: "/x", reports: [] }),
    });
    await screen.findByText(/A defect/);
    broken = false;
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByText("Not looked at yet");
  });

  it("says when a report was made with other selectors than those in force", async () => {
    let pack: Schemas["PackStatus"] = built;
    await open({
      "GET /api/page": () => ({ pack, pack_path: "/x", reports: [{ account: "main", report: mixed }] }),
    });
    await screen.findByText("textarea.a");
    expect(screen.queryByText(/Looked at with other selectors/)).toBeNull();
    pack = { version: 2, file: { path: "/x", version: 2, outdated: false, overrides: ["selectors.run"] } };
    await screen.findByText(/Looked at with other selectors/, undefined, { timeout: 10_000 });
  });

  it("says what is wrong with the page as a whole", async () => {
    await open(finding(report([], { trouble: "There is no prompt box." })));
    await userEvent.click(await screen.findByRole("button", { name: "Check the page" }));
    expect((await screen.findByRole("alert")).textContent).toContain("There is no prompt box.");
  });
});

describe("the selectors", () => {
  const file: Schemas["PackFile"] = { path: "/data/selectors.toml", version: 2, outdated: false, overrides: ["selectors.run"] };
  const told = (pack: Schemas["PackStatus"]) => open({ "GET /api/page": () => ({ pack, pack_path: "/data/selectors.toml", reports: [] }) });

  it("are built in, and where a file would be is said", async () => {
    await told(built);
    const card = await screen.findByRole("region", { name: "Selectors" });
    expect(within(card).getByText("Version 2")).toBeTruthy();
    expect(within(card).getByText("None. It would be looked for at /data/selectors.toml.")).toBeTruthy();
  });

  it("name the file, its version and what it replaces", async () => {
    await told({ version: 2, file });
    const card = await screen.findByRole("region", { name: "Selectors" });
    expect(within(card).getByText("/data/selectors.toml")).toBeTruthy();
    expect(within(card).getAllByText("Version 2")).toHaveLength(2);
    expect(within(card).getByText("selectors.run")).toBeTruthy();
    expect(within(card).queryByRole("alert")).toBeNull();
  });

  it("tell the line for which a file is left aside", async () => {
    await told({ version: 2, file: { ...file, overrides: [], fault: { line: 3, what: "there is no selector called `rum`" } } });
    expect((await screen.findByRole("alert")).textContent).toContain("Line 3: there is no selector called `rum`");
    expect(screen.queryByText("Replaces")).toBeNull();
  });

  it("tell when a file was written for older ones", async () => {
    await told({ version: 2, file: { ...file, version: 1, outdated: true } });
    await screen.findByText("The file was written for older selectors");
  });

  it("are shown anew when the file has changed", async () => {
    let pack: Schemas["PackStatus"] = built;
    await open({ "GET /api/page": () => ({ pack, pack_path: "/x", reports: [] }) });
    await screen.findByText(/None\. It would be/);
    pack = { version: 2, file };
    await waitFor(() => expect(screen.getByText("selectors.run")).toBeTruthy(), { timeout: 10_000 });
  });
});
