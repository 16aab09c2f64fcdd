import { Link } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useTranslation } from "react-i18next";

import { cn } from "../lib/cn";
import { useMedia } from "../lib/hooks";
import { shortcutText } from "../lib/platform";
import { Gate } from "../parts/GateMark";
import { Tooltip } from "../parts/Tooltip";
import { type PageLink, pageGroups } from "./pages";
import { ServerPill } from "./ServerPill";

const line =
  "flex h-9 items-center gap-3 rounded-md px-2.5 text-base outline-offset-[-2px] transition-colors duration-100";
const calm = "text-muted hover:bg-hover hover:text-ink";

/** The pages, and the server at the foot. Only icons where there is little room. */
export function Rail({ onPalette }: { onPalette: () => void }) {
  const { t } = useTranslation();
  const narrow = useMedia("(max-width: 59.99rem)");
  return (
    <header className={cn("flex shrink-0 flex-col gap-1 border-r border-line bg-rail p-2.5", narrow ? "w-14 px-1.5" : "w-52")}>
      <div className={cn("flex h-9 items-center gap-2.5 px-1.5", narrow && "justify-center px-0")}>
        <Gate className="size-7" />
        <span className={narrow ? "sr-only" : "text-lg font-semibold tracking-tight"}>{t("app.name")}</span>
      </div>
      <Named narrow={narrow} name={t("app.palette.open")}>
        <button
          type="button"
          onClick={onPalette}
          {...(narrow && { "aria-label": t("app.palette.open") })}
          aria-haspopup="dialog"
          aria-keyshortcuts="Control+K Meta+K"
          className={cn(line, calm, "mt-1 border border-line bg-card shadow-card", narrow && "justify-center px-0")}
        >
          <Search className="size-4 shrink-0" aria-hidden />
          {!narrow && (
            <>
              <span className="min-w-0 flex-1 truncate text-left">{t("app.palette.short")}</span>
              <kbd aria-hidden className="font-sans text-xs">{shortcutText("mod+k")}</kbd>
            </>
          )}
        </button>
      </Named>
      <nav aria-label={t("app.nav.label")} className="mt-1.5 flex min-h-0 flex-1 flex-col overflow-y-auto">
        {pageGroups.map((group, index) => (
          <ul key={index} className={cn("flex flex-col gap-0.5", index > 0 && "mt-2 border-t border-line pt-2")}>
            {group.map((page) => (
              <li key={page.path}>
                <RailLink page={page} narrow={narrow} />
              </li>
            ))}
          </ul>
        ))}
      </nav>
      <ServerPill narrow={narrow} />
    </header>
  );
}

function RailLink({ page, narrow }: { page: PageLink; narrow: boolean }) {
  const { t } = useTranslation();
  const name = t(`app.nav.${page.name}`);
  return (
    <Named narrow={narrow} name={name}>
      <Link
        to={page.path}
        activeOptions={{ exact: page.path === "/" }}
        className={cn(line, narrow && "justify-center px-0")}
        inactiveProps={{ className: calm }}
        activeProps={{ className: "bg-accent-soft font-medium text-accent" }}
      >
        <page.icon className="size-4.5 shrink-0" aria-hidden />
        <span className={narrow ? "sr-only" : "truncate"}>{name}</span>
      </Link>
    </Named>
  );
}

const Named = ({ narrow, name, children }: { narrow: boolean; name: string; children: React.ReactNode }) =>
  narrow ? <Tooltip text={name}>{children}</Tooltip> : children;
