/** Where the server listens. */
export interface Listening {
  host: string;
  port: number;
}

const everywhere = ["0.0.0.0", "::"];

/**
 * Where this page is to be found once the server has moved: `null` when it stays reachable where it is (through a tunnel
 * or a proxy, or because nothing changed for it), `unknown` when the system chooses the port.
 */
export function newHome(here: URL, before: Listening, after: Listening): URL | "unknown" | null {
  const port = Number(here.port || (here.protocol === "https:" ? 443 : 80));
  // A page that came through something else did not use the server's own port.
  if (port !== before.port) return null;
  const stays = after.host === before.host || everywhere.includes(after.host);
  if (stays && after.port === before.port) return null;
  if (after.port === 0) return "unknown";
  const home = new URL(here);
  home.port = String(after.port);
  if (!stays) home.hostname = after.host.includes(":") ? `[${after.host}]` : after.host;
  return home;
}

/** The port that a refusal offers: `Port 2049 is free.` */
export function freePortIn(action: string | null | undefined): number | null {
  const found = /^Port (\d+) is free\.$/.exec(action ?? "");
  return found ? Number(found[1]) : null;
}
