import { createContext, useContext, useSyncExternalStore } from "react";

import { host } from "../../host";
import { Bench, type BenchState } from "./bench";

/** The playground of this page; one, so that an answer goes on while another page is looked at. */
export const BenchContext = createContext(new Bench((path, init) => host.fetch(path, init), sessionStorage));

/** The playground and what it holds now. */
export function useBench(): { bench: Bench; state: BenchState } {
  const bench = useContext(BenchContext);
  return { bench, state: useSyncExternalStore(bench.subscribe, bench.state) };
}
