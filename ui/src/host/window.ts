import { Channel, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import { bridgeFetch, type Piece } from "./bridge";
import type { Host } from "./host";

/** The console in the window: the shell carries each request to the same router in process. */
export function windowHost(): Host {
  const carry = bridgeFetch((call, onPiece) => {
    const channel = new Channel<Piece>();
    channel.onmessage = onPiece;
    return invoke("console", { call, channel });
  });
  /** Paths below `/window` are the shell's own. */
  const ask = async (path: string, body?: object) => {
    const answer = await carry(`/window/${path}`, { method: "POST", body: JSON.stringify(body ?? {}) });
    if (!answer.ok) throw new Error(await answer.text());
  };
  return {
    kind: "window",
    fetch: carry,
    openExternal: (url) => ask("open-external", { url }),
    native: {
      reveal: (path) => ask("reveal", { path }),
      hide: () => ask("hide"),
      quit: () => ask("quit"),
      onCloseAsked: (callback) => {
        const listening = listen("close-asked", callback);
        return () => void listening.then((stop) => stop());
      },
    },
  };
}
