import { isTauri } from "@tauri-apps/api/core";

import { browserHost } from "./browser";
import type { Host } from "./host";
import { windowHost } from "./window";

export type { Host, Native } from "./host";

/** Where this page runs. */
export const host: Host = isTauri() ? windowHost() : browserHost();
