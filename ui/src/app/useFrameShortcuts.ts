import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useServer } from "../api/queries";
import { useShortcuts } from "../lib/shortcuts";
import { notify } from "../parts/toast";
import { pages, pageShortcut } from "./pages";
import { useSteer } from "./useSteer";

/** The shortcuts that work on every page. */
export function useFrameShortcuts({ palette, help }: { palette: () => void; help: () => void }): void {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const server = useServer();
  const steer = useSteer();
  const toPages = pages.flatMap(({ path }, index) => {
    const shortcut = pageShortcut(index);
    return shortcut ? [[shortcut, () => void navigate({ to: path })] as const] : [];
  });
  useShortcuts({
    ...Object.fromEntries(toPages),
    "mod+k": palette,
    "?": help,
    "mod+,": () => void navigate({ to: "/settings" }),
    "mod+r": () => void queries.invalidateQueries().then(() => notify.done(t("app.refreshed"))),
    "mod+shift+s": () => void steer(server?.state === "running" ? "stop" : "start"),
  });
}
