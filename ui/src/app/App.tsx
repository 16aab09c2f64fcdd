import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Toaster } from "sonner";

import { onSignInNeeded } from "../api/client";
import { read } from "../api/queries";
import { Trouble } from "../api/trouble";
import { TooltipProvider } from "../parts/Tooltip";
import { makeRouter } from "./router";

/** What was read stays true through the event stream, so nothing is read anew by age or by coming back. A session that ended closes the pages. */
export function makeQueries(): QueryClient {
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Infinity,
        refetchOnWindowFocus: false,
        // The console says itself what is wrong; only no answer at all is worth a second try.
        retry: (count, error) => error instanceof Trouble && error.code === "offline" && count < 2,
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
  onSignInNeeded(() => queries.setQueryData(read.session().queryKey, (old) => old && { ...old, signed_in: false }));
  return queries;
}

const queries = makeQueries();
const router = makeRouter();

/** The console. */
export function App() {
  const { t } = useTranslation();
  return (
    <QueryClientProvider client={queries}>
      <TooltipProvider>
        <RouterProvider router={router} />
        <Toaster position="top-center" containerAriaLabel={t("app.notifications")} offset={16} gap={8} />
      </TooltipProvider>
    </QueryClientProvider>
  );
}
