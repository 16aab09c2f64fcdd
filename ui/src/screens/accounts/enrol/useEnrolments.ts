import { useQuery, useQueryClient } from "@tanstack/react-query";

import { answer, client } from "../../../api/client";
import { read } from "../../../api/queries";
import type { EnrolmentView, Schemas } from "../../../api/types";

const none: EnrolmentView[] = [];

/** The enrolments under way and those that ended, newest first. */
export const useEnrolments = (): EnrolmentView[] => useQuery(read.enrolments()).data?.enrolments ?? none;

/** What can be done with enrolments. Each leaves the list as the house then has it, and throws when it fails. */
export function useEnrolmentActions() {
  const queries = useQueryClient();
  const { queryKey } = read.enrolments();
  const reread = () => queries.invalidateQueries({ queryKey });
  const path = (id: string) => ({ params: { path: { id } } });
  /** Lists what has begun at once, so that it can be watched from its first moment. */
  const begun = async (views: EnrolmentView[]) => {
    queries.setQueryData(queryKey, (known) => {
      const there = known?.enrolments ?? none;
      return { enrolments: [...views.filter(({ id }) => !there.some((one) => one.id === id)), ...there] };
    });
    await reread();
    return views.map(({ id }) => id);
  };
  return {
    signIn: async (start: Schemas["SignInStart"]): Promise<string[]> =>
      begun([await answer(client.POST("/api/enrolments/sign-in", { body: start }))]),
    importFiles: async (start: Schemas["ImportStart"]): Promise<string[]> =>
      begun((await answer(client.POST("/api/enrolments/import", { body: start }))).enrolments),
    signedIn: async (id: string): Promise<void> => {
      await answer(client.POST("/api/enrolments/{id}/signed-in", path(id)));
      await reread();
    },
    retry: async (id: string): Promise<void> => {
      await answer(client.POST("/api/enrolments/{id}/retry", path(id)));
      await reread();
    },
    replace: async (id: string): Promise<void> => {
      await answer(client.POST("/api/enrolments/{id}/replace", path(id)));
      await reread();
    },
    /** Calls it off: nothing of it is left. */
    cancel: async (id: string): Promise<void> => {
      await answer(client.DELETE("/api/enrolments/{id}", path(id)));
      await reread();
    },
  };
}
