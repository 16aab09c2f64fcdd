import i18next from "i18next";

import type { Schemas } from "./types";

/** What kind of trouble: the console's own kinds, and `offline` when it gave no answer at all. */
export type TroubleCode = Schemas["Code"] | "offline";

/** Something the console could not do: what happened, what to do next, and which field was wrong. */
export class Trouble extends Error {
  constructor(
    readonly code: TroubleCode,
    message: string,
    readonly action?: string | null,
    readonly field?: string | null,
    readonly status?: number,
  ) {
    super(message);
    this.name = "Trouble";
  }
}

function isErrorBody(body: unknown): body is Schemas["ErrorBody"] {
  const error = (body as { error?: { message?: unknown } } | null)?.error;
  return typeof error === "object" && error !== null && typeof error.message === "string";
}

/** The trouble that an error answer tells of. */
export function troubleOf(status: number, body: unknown): Trouble {
  if (!isErrorBody(body)) return new Trouble("internal", `HTTP ${status}`, null, null, status);
  const { code, message, action, field } = body.error;
  return new Trouble(code, message, action, field, status);
}

/** The trouble of a request that got no answer; an abort stays what it is. */
export function unanswered(error: unknown): unknown {
  const isAbort = error instanceof DOMException && error.name === "AbortError";
  return isAbort ? error : new Trouble("offline", error instanceof Error ? error.message : String(error));
}

/** An error in words: why, what to do next, and everything for a report. */
export function describeTrouble(error: unknown): { why: string; next: string | null; details: string } {
  const text = error instanceof Error ? error.message : String(error);
  const at = new Date().toISOString();
  if (!(error instanceof Trouble)) {
    return { why: text, next: null, details: [at, error instanceof Error ? (error.stack ?? text) : text].join("\n") };
  }
  const details = [at, `${error.code}${error.status ? ` (HTTP ${error.status})` : ""}`, text, error.action, error.field && `field: ${error.field}`];
  const offline = error.code === "offline";
  return {
    why: offline ? i18next.t("common.error.offline") : text,
    next: offline ? i18next.t("common.error.offlineNext") : (error.action ?? null),
    details: details.filter(Boolean).join("\n"),
  };
}
