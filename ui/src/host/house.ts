import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

/** The server's state, as `postern_app::ServerState` writes it. */
export type HouseState =
  | { state: "stopped" }
  | { state: "starting" }
  | { state: "running"; address: string }
  | { state: "stopping" }
  | { state: "failed"; why: string };

/** The URL under which a program on this computer reaches a listening address. */
export function baseUrl(address: string): string {
  return `http://${address.replace(/^(0\.0\.0\.0|\[::\]):/, "127.0.0.1:")}`;
}

/** Calls back with the present state and with every later one, until the returned function is called. */
export function watchHouse(onState: (state: HouseState) => void): () => void {
  let watching = true;
  const tell = (state: HouseState) => {
    if (watching) onState(state);
  };
  const fail = (error: unknown) => tell({ state: "failed", why: String(error) });
  // First listen, then ask: a change between the two is not lost.
  const listening = listen<HouseState>("house-state", (event) => tell(event.payload));
  listening.then(() => invoke<HouseState>("house_state")).then(tell, fail);
  return () => {
    watching = false;
    listening.then((stop) => stop(), () => undefined);
  };
}
