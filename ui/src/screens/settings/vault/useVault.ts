import { useQueryClient } from "@tanstack/react-query";

import { answer, client } from "../../../api/client";
import { read } from "../../../api/queries";
import type { Schemas } from "../../../api/types";

/** What can be done with the master key. A recovery key goes to whoever asked, and is kept nowhere else. */
export function useVault() {
  const queries = useQueryClient();
  const readAgain = () => queries.invalidateQueries(read.vault());
  return {
    /** The recovery key; told once, so that a second time is refused. */
    show: async (): Promise<string> => {
      try {
        return (await answer(client.POST("/api/vault/recovery"))).key;
      } finally {
        // Whatever came of it, whether it was shown may be otherwise now.
        void readAgain();
      }
    },
    /** Another master key; its recovery key. */
    rekey: async (): Promise<string> => {
      const { key } = await answer(client.POST("/api/vault/rekey"));
      void readAgain();
      return key;
    },
    /** Brings a lost key back. */
    recover: async (key: string): Promise<Schemas["Recovered"]> => {
      const recovered = await answer(client.POST("/api/vault/recover", { body: { key } }));
      queries.setQueryData(read.vault().queryKey, recovered.vault);
      return recovered;
    },
  };
}
