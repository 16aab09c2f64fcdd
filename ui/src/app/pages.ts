import { Boxes, CloudCog, FlaskConical, Gauge, KeyRound, List, type LucideIcon, MessagesSquare, Plug, Route, Settings2, Users } from "lucide-react";

/** A page of the rail. */
export interface PageLink {
  name: "overview" | "accounts" | "upstreams" | "keys" | "models" | "connect" | "proxy" | "requests" | "conversations" | "playground" | "settings";
  path: "/" | "/accounts" | "/upstreams" | "/keys" | "/models" | "/connect" | "/proxy" | "/requests" | "/conversations" | "/playground" | "/settings";
  icon: LucideIcon;
}

/** The pages in the order of the rail and of the shortcuts Ctrl+1 to Ctrl+9 and Ctrl+0, group by group. */
export const pageGroups: readonly (readonly PageLink[])[] = [
  [
    { name: "overview", path: "/", icon: Gauge },
    { name: "accounts", path: "/accounts", icon: Users },
    { name: "upstreams", path: "/upstreams", icon: CloudCog },
    { name: "keys", path: "/keys", icon: KeyRound },
    { name: "models", path: "/models", icon: Boxes },
  ],
  [
    { name: "connect", path: "/connect", icon: Plug },
    { name: "proxy", path: "/proxy", icon: Route },
    { name: "requests", path: "/requests", icon: List },
    { name: "conversations", path: "/conversations", icon: MessagesSquare },
    { name: "playground", path: "/playground", icon: FlaskConical },
  ],
  [{ name: "settings", path: "/settings", icon: Settings2 }],
];

/** All pages in that order. */
export const pages: readonly PageLink[] = pageGroups.flat();

/** The shortcut of the page at this place, for those that have one. */
export const pageShortcut = (place: number): string | undefined => (place < 10 ? `mod+${(place + 1) % 10}` : undefined);
