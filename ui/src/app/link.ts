import { answer, client } from "../api/client";
import type { Session } from "../api/types";

const mark = "#link=";
let token: string | null = null;
let exchanged: Promise<Session> | undefined;

/** Takes the token of a sign-in link out of the address, before anything else reads it or it is kept in the history. */
export function takeLink(): void {
  if (!location.hash.startsWith(mark)) return;
  token = decodeURIComponent(location.hash.slice(mark.length));
  history.replaceState(null, "", `${location.pathname}${location.search}#/`);
}

/** Whether the page was opened through a sign-in link that is not used up. */
export const hasLink = (): boolean => token !== null;

/** Signs in with the link. The token works once, so however often this is called it is sent once. */
export function exchangeLink(): Promise<Session> {
  exchanged ??= answer(client.POST("/api/session", { body: { link: token ?? "" } })).finally(() => {
    token = null;
  });
  return exchanged;
}
