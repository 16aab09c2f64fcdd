import type { QueryClient } from "@tanstack/react-query";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import type { Schemas } from "../../api/types";

/** Notes how far the first steps are, for every page that shows them. */
export async function changeSetup(queries: QueryClient, change: Schemas["SetupChange"]): Promise<void> {
  const setup = await answer(client.PATCH("/api/setup", { body: change }));
  queries.setQueryData(read.setup().queryKey, setup);
  queries.setQueryData(read.overview().queryKey, (old) => old && { ...old, setup });
}
