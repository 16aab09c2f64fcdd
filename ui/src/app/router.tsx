import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
} from "@tanstack/react-router";

import { pageWillChange } from "../parts/Page";
import { Crash, Missing } from "./Crash";
import { Gate } from "./Gate";
import { searchOf } from "./search";

const root = createRootRoute({ component: Gate, notFoundComponent: Missing });
const parent = { getParentRoute: () => root };

const routes = root.addChildren([
  createRoute({ ...parent, path: "/", component: lazyRouteComponent(() => import("../screens/overview"), "OverviewScreen") }),
  createRoute({
    ...parent,
    path: "/accounts",
    validateSearch: searchOf("accounts"),
    component: lazyRouteComponent(() => import("../screens/accounts"), "AccountsScreen"),
  }),
  createRoute({
    ...parent,
    path: "/upstreams",
    validateSearch: searchOf("upstreams"),
    component: lazyRouteComponent(() => import("../screens/upstreams"), "UpstreamsScreen"),
  }),
  createRoute({
    ...parent,
    path: "/keys",
    validateSearch: searchOf("keys"),
    component: lazyRouteComponent(() => import("../screens/keys"), "KeysScreen"),
  }),
  createRoute({
    ...parent,
    path: "/models",
    validateSearch: searchOf("models"),
    component: lazyRouteComponent(() => import("../screens/models"), "ModelsScreen"),
  }),
  createRoute({
    ...parent,
    path: "/connect",
    validateSearch: searchOf("connect"),
    component: lazyRouteComponent(() => import("../screens/connect"), "ConnectScreen"),
  }),
  createRoute({ ...parent, path: "/proxy", component: lazyRouteComponent(() => import("../screens/proxy"), "ProxyScreen") }),
  createRoute({
    ...parent,
    path: "/requests",
    validateSearch: searchOf("requests"),
    component: lazyRouteComponent(() => import("../screens/requests"), "RequestsScreen"),
  }),
  createRoute({
    ...parent,
    path: "/conversations",
    validateSearch: searchOf("conversations"),
    component: lazyRouteComponent(() => import("../screens/conversations"), "ConversationsScreen"),
  }),
  createRoute({
    ...parent,
    path: "/playground",
    validateSearch: searchOf("playground"),
    component: lazyRouteComponent(() => import("../screens/playground"), "PlaygroundScreen"),
  }),
  createRoute({ ...parent, path: "/settings", component: lazyRouteComponent(() => import("../screens/settings"), "SettingsScreen") }),
  createRoute({
    ...parent,
    path: "/settings/$section",
    validateSearch: searchOf("settings"),
    component: lazyRouteComponent(() => import("../screens/settings"), "SettingsScreen"),
  }),
  createRoute({ ...parent, path: "/welcome", component: lazyRouteComponent(() => import("../screens/welcome"), "WelcomeScreen") }),
]);

/** A router over all pages. Addresses live behind the `#`, which works in the window and below any path of a server. */
export function makeRouter(history: RouterHistory = createHashHistory()) {
  const router = createRouter({
    routeTree: routes,
    history,
    defaultPreload: "intent",
    defaultPendingMs: 150,
    defaultErrorComponent: Crash,
    scrollRestoration: false,
    // Texts as they are: `?id=12` is the text "12".
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const text = new URLSearchParams(search as Record<string, string>).toString();
      return text ? `?${text}` : "";
    },
  });
  router.subscribe("onBeforeNavigate", ({ pathChanged, fromLocation }) => {
    if (pathChanged && fromLocation) pageWillChange();
  });
  return router;
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
