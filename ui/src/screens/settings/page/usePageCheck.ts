import { useMutation, useQueryClient } from "@tanstack/react-query";

import { answer, client } from "../../../api/client";
import { read } from "../../../api/queries";

/** Looks at the page of accounts. Which one is looked at, and what went wrong, is of the last look. */
export function usePageCheck() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (account: string) => answer(client.POST("/api/page/{account}/check", { params: { path: { account } } })),
    onSuccess: (report, account) => {
      queries.setQueryData(
        read.page().queryKey,
        (known) =>
          known && {
            ...known,
            pack: report.pack,
            reports: [...known.reports.filter((one) => one.account !== account), { account, report }],
          },
      );
    },
    onSettled: () => void queries.invalidateQueries(read.page()),
  });
}
