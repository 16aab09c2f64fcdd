import { useMemo } from "react";

import { type ChatRequest, toRequest, turn } from "./draft";
import { useBench } from "./theBench";

/** The request that pressing "Send" would make; what is being written is part of it. */
export function useNextRequest(): ChatRequest {
  const { state } = useBench();
  const { draft, input, files } = state;
  return useMemo(() => {
    const written = input.trim() === "" && files.length === 0 ? [] : [turn("user", input, files)];
    return toRequest({ ...draft, turns: [...draft.turns, ...written] });
  }, [draft, input, files]);
}
