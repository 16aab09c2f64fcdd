import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Copy, FileDown, Keyboard, KeyRound, Languages, LogOut, Moon, Play, RotateCw, Rows3, ScanSearch, Square, Sun, SunMoon, UserPlus } from "lucide-react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../api/client";
import { read, useServer } from "../api/queries";
import { copyText } from "../lib/clipboard";
import { languages } from "../lib/language";
import { notify } from "../parts/toast";
import type { PaletteCommand } from "./Palette";
import { pages, pageShortcut } from "./pages";
import { useChangeAppearance } from "./settings";
import { useSteer } from "./useSteer";

interface Group {
  title: string;
  commands: PaletteCommand[];
}

/** Everything the palette offers now. Ids are English words, so that these find a command in every language. */
export function useCommands(onHelp: () => void): Group[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const toPages = pages.map<PaletteCommand>(({ name, path, icon }, index) => {
    const shortcut = pageShortcut(index);
    return { id: `page ${name}`, label: t(`app.nav.${name}`), icon, ...(shortcut && { shortcut }), run: () => void navigate({ to: path }) };
  });
  const create: PaletteCommand[] = [
    { id: "create key", label: t("app.palette.createKey"), icon: KeyRound, run: () => void navigate({ to: "/keys", search: { new: "yes" } }) },
    {
      id: "add google account",
      label: t("app.palette.addAccount"),
      icon: UserPlus,
      run: () => void navigate({ to: "/accounts", search: { add: "sign-in" } }),
    },
    {
      id: "import accounts",
      label: t("app.palette.importAccounts"),
      icon: FileDown,
      run: () => void navigate({ to: "/accounts", search: { add: "import" } }),
    },
  ];
  const toSitePage: PaletteCommand = {
    id: "check site selectors",
    label: t("app.palette.sitePage"),
    icon: ScanSearch,
    run: () => void navigate({ to: "/settings/$section", params: { section: "page" } }),
  };
  const groups = [
    { title: t("app.palette.pages"), commands: [...toPages, toSitePage] },
    { title: t("app.palette.server"), commands: useServerCommands() },
    { title: t("app.palette.create"), commands: create },
    { title: t("app.palette.appearance"), commands: useAppearanceCommands() },
    { title: t("app.palette.session"), commands: useSessionCommands(onHelp) },
  ];
  return groups.filter(({ commands }) => commands.length > 0);
}

function useServerCommands(): PaletteCommand[] {
  const { t } = useTranslation();
  const server = useServer();
  const steer = useSteer();
  if (!server) return [];
  if (server.state !== "running") {
    const idle = server.state === "stopped" || server.state === "failed";
    const start = { id: "server start", label: t("app.server.start"), icon: Play, shortcut: "mod+shift+s" };
    return idle ? [{ ...start, run: () => void steer("start") }] : [];
  }
  const copied = t("common.copy.done", { what: t("app.server.url") });
  const copy = () =>
    copyText(server.base_url).then(
      () => notify.done(copied, server.base_url),
      (error: unknown) => notify.problem(t("common.copy.failed", { what: t("app.server.url") }), error),
    );
  const stop = { id: "server stop", label: t("app.server.stop"), icon: Square, shortcut: "mod+shift+s" };
  const restart = { id: "server restart", label: t("app.server.restart"), icon: RotateCw };
  return [
    { id: "copy base url", label: t("app.server.copyUrl"), icon: Copy, run: () => void copy() },
    { ...stop, run: () => void steer("stop") },
    { ...restart, run: () => void steer("restart") },
  ];
}

function useAppearanceCommands(): PaletteCommand[] {
  const { t } = useTranslation();
  const change = useChangeAppearance();
  const themes = { light: Sun, dark: Moon, system: SunMoon } as const;
  const toThemes = (["light", "dark", "system"] as const).map<PaletteCommand>((theme) => ({
    id: `theme ${theme}`,
    label: t(`app.palette.theme.${theme}`),
    icon: themes[theme],
    run: () => void change({ theme }),
  }));
  const toLanguages = (Object.keys(languages) as (keyof typeof languages)[]).map<PaletteCommand>((language) => ({
    id: `language ${language}`,
    label: t("app.palette.language", { language: languages[language] }),
    words: ["Language", "语言", languages[language]],
    icon: Languages,
    run: () => void change({ language }),
  }));
  const toDensities = (["comfortable", "compact"] as const).map<PaletteCommand>((density) => ({
    id: `density ${density}`,
    label: t(`app.palette.density.${density}`),
    icon: Rows3,
    run: () => void change({ density }),
  }));
  return [...toThemes, ...toLanguages, ...toDensities];
}

function useSessionCommands(onHelp: () => void): PaletteCommand[] {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const session = useQuery(read.session()).data;
  const signOut = async () => {
    await answer(client.DELETE("/api/session"));
    // First the pages close, then what they had read is forgotten: nobody looks at it any more.
    await queries.invalidateQueries(read.session());
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
  };
  const help = { id: "keyboard shortcuts help", label: t("app.palette.help"), icon: Keyboard, shortcut: "?", run: onHelp };
  if (session?.visitor !== "browser") return [help];
  return [help, { id: "sign out", label: t("app.palette.signOut"), icon: LogOut, run: () => void signOut() }];
}
