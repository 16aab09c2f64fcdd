import type { AccountView, EnrolmentView } from "../../api/types";

/** How accounts are sorted into heaps that a person thinks in, worst first. */
export const heaps = ["needs", "limited", "unchecked", "off", "fine"] as const;
/** One of them. */
export type Heap = (typeof heaps)[number];

const heapOfState: Record<AccountView["status"]["state"], Heap> = {
  blocked: "needs",
  browser_missing: "needs",
  needs_verification: "needs",
  sign_in_expired: "needs",
  cooling_down: "limited",
  not_checked: "unchecked",
  off: "off",
  ready: "fine",
  busy: "fine",
};

/** The heap an account lies on. */
export const heapOf = (account: AccountView): Heap => heapOfState[account.status.state];

/** How many accounts lie on each heap. */
export function countHeaps(accounts: readonly AccountView[]): Record<Heap, number> {
  const counts = Object.fromEntries(heaps.map((heap) => [heap, 0])) as Record<Heap, number>;
  for (const account of accounts) counts[heapOf(account)] += 1;
  return counts;
}

/** The heap of this name, if there is one. */
export const heapNamed = (name: string | undefined): Heap | undefined => heaps.find((heap) => heap === name);

/** The accounts on a heap, of which name or address holds the text; the order stays. */
export function chosen(accounts: readonly AccountView[], heap: Heap | undefined, text: string): AccountView[] {
  const wanted = text.trim().toLowerCase();
  const holds = (part: string | null | undefined) => part?.toLowerCase().includes(wanted) ?? false;
  return accounts.filter(
    (account) => (!heap || heapOf(account) === heap) && (wanted === "" || holds(account.name) || holds(account.email)),
  );
}

/** The one thing to do about an account. */
export type Next = "signIn" | "goOn" | "show" | "hide" | "reset" | "turnOn" | "browser" | "check";

/** What that is; `null` when nothing is needed. */
export function nextOf(account: AccountView, enrolments: readonly EnrolmentView[]): Next | null {
  if (signInOf(account, enrolments)) return "goOn";
  switch (account.status.state) {
    case "sign_in_expired":
    case "blocked":
      return "signIn";
    case "needs_verification":
      return account.browser_shown ? "hide" : "show";
    case "cooling_down":
      return "reset";
    case "browser_missing":
      return "browser";
    case "off":
      return "turnOn";
    case "not_checked":
      return "check";
    case "ready":
    case "busy":
      return null;
  }
}

/** The sign-in of an account that is under way. */
export const signInOf = (account: AccountView, enrolments: readonly EnrolmentView[]): EnrolmentView | undefined =>
  enrolments.find((one) => one.kind === "sign_in_again" && one.name === account.name && isUnderWay(one));

/** Whether an enrolment is neither over nor called off. */
export const isUnderWay = ({ phase }: EnrolmentView): boolean => phase !== "done" && phase !== "cancelled";

/** Whether it goes no further without a person. */
export const waitsForPerson = ({ phase }: EnrolmentView): boolean =>
  phase === "awaiting_person" || phase === "stuck" || phase === "duplicate" || phase === "interrupted";
