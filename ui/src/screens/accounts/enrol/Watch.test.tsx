import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import type { EnrolmentView, Schemas } from "../../../api/types";
import { account, enrolment } from "../../../testing/accounts";
import { type Answers, openConsole, refusal } from "../../../testing/console";

afterEach(() => vi.restoreAllMocks());

/** The console at these enrolments; what is done with them is answered by the first one. */
async function watch(enrolments: EnrolmentView[], more: Answers = {}) {
  const ids = enrolments.map(({ id }) => id).join(",");
  const id = enrolments[0]?.id ?? "";
  const done = Object.fromEntries(["signed-in", "retry", "replace"].map((what) => [`POST /api/enrolments/${id}/${what}`, () => enrolments[0]]));
  const page = await openConsole(`/accounts?enrolment=${ids}`, {
    "GET /api/enrolments": () => ({ enrolments }),
    [`DELETE /api/enrolments/${id}`]: () => new Response(null, { status: 204 }),
    ...done,
    ...more,
  });
  await screen.findByRole("dialog");
  return { ...page, did: () => page.asked.map(({ call }) => call).filter((call) => !call.startsWith("GET")) };
}

const failing = (kind: Schemas["ProblemKind"], more: Partial<EnrolmentView> = {}): EnrolmentView => {
  const of = enrolment("e1", "page", { phase: "stuck", ...more } as Partial<EnrolmentView>);
  const problem = { kind, message: `What was seen: ${kind}.`, action: "Do something." };
  return { ...of, steps: of.steps.map((step) => (step.step === "page" ? { step: "page", state: "failed", problem } : step)) };
};
const press = async (name: string) => userEvent.click(await screen.findByRole("button", { name }));

describe("an enrolment that is watched", () => {
  it("goes on step by step as events come, and is read out", async () => {
    const page = await watch([enrolment("e1", "browser")]);
    const current = () => screen.getByRole("list", { name: "Steps" }).querySelector("[aria-current=step]")?.textContent;
    await waitFor(() => expect(current()).toContain("Start your browser"));
    page.emit({ event: "enrolments", enrolments: [enrolment("e1", "sign_in")] });
    await waitFor(() => expect(current()).toContain("You sign in"));
    const dialog = screen.getByRole("dialog");
    expect(within(dialog).getByRole("status").textContent).toBe("Sign in, in the browser that has opened");
    page.emit({ event: "enrolments", enrolments: [enrolment("e1", "models")] });
    await waitFor(() => expect(within(dialog).getByRole("status").textContent).toBe("spare: Read its models."));
  });

  it("hears that the person has signed in", async () => {
    const page = await watch([enrolment("e1", "sign_in")]);
    await press("I have signed in");
    await waitFor(() => expect(page.did()).toEqual(["POST /api/enrolments/e1/signed-in"]));
  });

  it("is called off, and closes", async () => {
    const page = await watch([enrolment("e1", "sign_in")]);
    await press("Call it off");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(page.did()).toEqual(["DELETE /api/enrolments/e1"]);
  });

  it("says what went wrong, what to do, and does it again", async () => {
    const page = await watch([failing("region")]);
    expect(await screen.findByText("AI Studio is not available in this region")).toBeDefined();
    expect(screen.getByText("What was seen: region.")).toBeDefined();
    await press("Try again");
    await waitFor(() => expect(page.did()).toEqual(["POST /api/enrolments/e1/retry"]));
  });

  it("shows why a deed failed", async () => {
    await watch([failing("region")], { "POST /api/enrolments/e1/retry": () => refusal(409, "conflict", "It is busy.") });
    await press("Try again");
    expect(await screen.findByText(/It is busy\./)).toBeDefined();
  });

  it.each([
    ["bound_elsewhere", "Sign in instead", "sign-in"],
    ["wrong_passphrase", "Choose again", "import"],
  ] as const)("leads from %s to its way out", async (kind, button, add) => {
    const { router } = await watch([failing(kind, { kind: "cookies", file: "a.json" } as Partial<EnrolmentView>)]);
    await press(button);
    expect(router.state.location.search).toEqual({ add });
  });

  it("replaces an account with the same address only when it is told to", async () => {
    const page = await watch([enrolment("e1", "save", { phase: "duplicate", account: "main", email: "me@example.org" } as Partial<EnrolmentView>)]);
    expect((await screen.findByRole("note")).textContent).toContain("“main” is this account already");
    await press("Replace “main”");
    await waitFor(() => expect(page.did()).toEqual(["POST /api/enrolments/e1/replace"]));
  });

  it("leads to the account when it is in service", async () => {
    const done = enrolment("e1", "save", { phase: "done", account: "spare" } as Partial<EnrolmentView>);
    const { router } = await watch([done], { "GET /api/accounts": () => ({ accounts: [account("spare")] }) });
    await press("Show account");
    await waitFor(() => expect(router.state.location.search).toEqual({ id: "spare" }));
  });

  it("says when there is nothing left of it", async () => {
    await openConsole("/accounts?enrolment=gone");
    expect(await screen.findByText("It is over, and nothing of it is left here.")).toBeDefined();
  });
});

describe("enrolments under way", () => {
  it("are found again after their dialog was closed", async () => {
    await watch([enrolment("e1", "sign_in")]);
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(screen.getByText("1 account waits for you")).toBeDefined();
    const show = screen.getByRole("button", { name: "Show" });
    await userEvent.click(show);
    await screen.findByRole("dialog");
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(document.activeElement).toBe(show));
  });

  it("that a start found left over are gone on with or thrown away", async () => {
    const page = await watch([enrolment("e1", "page", { phase: "interrupted" } as Partial<EnrolmentView>)]);
    expect(await screen.findByText("1 account was interrupted when Postern ended")).toBeDefined();
    await press("Go on");
    await waitFor(() => expect(page.did()).toEqual(["POST /api/enrolments/e1/retry"]));
    await press("Throw it away");
    await waitFor(() => expect(page.did()).toHaveLength(2));
  });

  it("are watched together, each with what it is at, and thrown away together", async () => {
    const gone: string[] = [];
    const cancel = (id: string) => ({ [`DELETE /api/enrolments/${id}`]: () => (gone.push(id), new Response(null, { status: 204 })) });
    const two = { ...failing("bad_file"), id: "e2", file: "b.json", kind: "cookies" } as EnrolmentView;
    const one = { ...failing("bad_file"), file: "a.json", kind: "cookies" } as EnrolmentView;
    await watch([one, two, enrolment("e3", "models", { file: "c.json", kind: "cookies" } as Partial<EnrolmentView>)], { ...cancel("e1"), ...cancel("e2") });
    const card = await screen.findByRole("listitem", { name: /c\.json/ });
    expect(within(card).getAllByRole("listitem")).toHaveLength(1);
    await userEvent.click(within(card).getByRole("button", { name: "Show all steps" }));
    expect(within(card).getAllByRole("listitem")).toHaveLength(8);
    await press("Throw 2 away");
    await waitFor(() => expect(gone).toEqual(["e1", "e2"]));
  });
});
