import type { Host } from "./host";

/** The console in a browser: the server that serves this page answers. */
export function browserHost(): Host {
  return {
    kind: "browser",
    fetch(path, init = {}) {
      const headers = new Headers(init.headers);
      // A page of another site cannot send this without asking first, and would be refused.
      headers.set("x-postern-console", "1");
      return fetch(path, { ...init, headers, credentials: "same-origin", cache: "no-store" });
    },
    async openExternal(url) {
      window.open(url, "_blank", "noopener,noreferrer");
    },
  };
}
