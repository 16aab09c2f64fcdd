import createClient from "openapi-fetch";

import { host } from "../host";
import { Trouble, troubleOf, unanswered } from "./trouble";
import type { paths } from "./types";

// Requests need an absolute address to be made at all; only what follows it reaches the host.
const base = "http://console.invalid";

async function throughHost(request: Request): Promise<Response> {
  const body = request.method === "GET" ? "" : await request.text();
  const init = { method: request.method, headers: request.headers, signal: request.signal, ...(body && { body }) };
  return host.fetch(request.url.slice(base.length), init);
}

/** The console API, typed by its OpenAPI document. Give what it returns to [`answer`]. */
export const client = createClient<paths>({ baseUrl: base, fetch: throughHost });

type Signal = () => void;
let signInNeeded: Signal = () => undefined;

/** Sets what happens when the console wants a login. */
export function onSignInNeeded(happens: Signal): void {
  signInNeeded = happens;
}

/** What the console answered, or the [`Trouble`] it told of: `await answer(client.GET("/api/server"))`. */
export async function answer<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let given: Awaited<typeof asked>;
  try {
    given = await asked;
  } catch (error) {
    throw unanswered(error);
  }
  if (given.response.ok) return given.data as T;
  const trouble: Trouble = troubleOf(given.response.status, given.error);
  if (trouble.code === "sign_in_needed") signInNeeded();
  throw trouble;
}
