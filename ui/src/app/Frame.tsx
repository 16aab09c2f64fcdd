import { useQueryClient } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { keepLive } from "../api/events";
import { Skeleton } from "../parts/Skeleton";
import { Banner } from "./Banner";
import { CloseDialog } from "./CloseDialog";
import { Help } from "./Help";
import { Palette } from "./Palette";
import { Rail } from "./Rail";
import { useAppearanceOfSettings } from "./settings";
import { useFrameShortcuts } from "./useFrameShortcuts";

/** Around every page: the rail with the server at its foot, the banner, and what the keyboard opens. */
export function Frame() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [opened, setOpened] = useState<"palette" | "help" | null>(null);
  useEffect(() => keepLive(queries), [queries]);
  useAppearanceOfSettings();
  useRestWhileAway();
  useFrameShortcuts({ palette: () => setOpened("palette"), help: () => setOpened("help") });
  const onOpenChange = (which: "palette" | "help") => (open: boolean) => setOpened(open ? which : null);

  return (
    <div className="flex h-dvh min-h-0">
      <a
        href="#main"
        onClick={(event) => {
          // The address behind the # belongs to the router.
          event.preventDefault();
          document.getElementById("main")?.focus();
        }}
        className="fixed top-2 left-2 z-60 -translate-y-20 rounded-md bg-accent px-3 py-2 text-on-accent focus:translate-y-0"
      >
        {t("app.skip")}
      </a>
      <Rail onPalette={() => setOpened("palette")} />
      <main id="main" tabIndex={-1} className="flex min-h-0 min-w-0 flex-1 flex-col outline-none">
        <Banner />
        <Suspense fallback={<Skeleton className="m-6" />}>
          <Outlet />
        </Suspense>
      </main>
      <Palette open={opened === "palette"} onOpenChange={onOpenChange("palette")} onHelp={() => setOpened("help")} />
      <Help open={opened === "help"} onOpenChange={onOpenChange("help")} />
      <CloseDialog />
    </div>
  );
}

/** Nothing is animated while the window is not in front. */
function useRestWhileAway(): void {
  useEffect(() => {
    const away = () => void (document.documentElement.dataset.away = "");
    const back = () => delete document.documentElement.dataset.away;
    window.addEventListener("blur", away);
    window.addEventListener("focus", back);
    return () => {
      window.removeEventListener("blur", away);
      window.removeEventListener("focus", back);
      back();
    };
  }, []);
}
