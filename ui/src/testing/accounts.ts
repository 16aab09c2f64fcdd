import type { AccountView, EnrolmentView } from "../api/types";

/** An account that is ready, but for what a test says. */
export const account = (name: string, more: Partial<AccountView> = {}): AccountView => ({
  upstream: "aistudio",
  name,
  source: "sign_in",
  status: { state: "ready" },
  enabled: true,
  weight: 1,
  priority: 0,
  pending: 0,
  cooldowns: [],
  uses_today: 0,
  browser_running: false,
  browser_shown: false,
  profile: `/data/accounts/${name}/profile`,
  ...more,
});

const steps = ["network", "browser", "sign_in", "page", "identity", "models", "question", "save"] as const;

/** A sign-in that is as far as `at`; what comes before is done. */
export const enrolment = (id: string, at: (typeof steps)[number], more: Partial<EnrolmentView> = {}): EnrolmentView =>
  ({
    id,
    kind: "sign_in",
    name: "spare",
    phase: at === "sign_in" ? "awaiting_person" : "working",
    steps: steps.map((step, index) => ({
      step,
      ...(index < steps.indexOf(at) ? { state: "done" as const } : { state: step === at ? ("running" as const) : ("waiting" as const) }),
    })),
    started_at: 1_700_000_000,
    ...more,
  }) as EnrolmentView;
