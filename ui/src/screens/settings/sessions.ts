import { queryOptions } from "@tanstack/react-query";

import { answer, client } from "../../api/client";

/** The sessions beside this one, for `useQuery(otherSessions())`. */
export const otherSessions = () =>
  queryOptions({
    queryKey: ["otherSessions"],
    queryFn: ({ signal }) => answer(client.GET("/api/session/others", { signal })),
    refetchOnMount: "always",
  });
