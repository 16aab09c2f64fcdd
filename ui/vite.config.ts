import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Sonner adds its style sheet when it is loaded, without a nonce; the page imports the same sheet as a file instead. */
function sonnerWithoutInjection(): Plugin {
  return {
    name: "sonner-without-injection",
    enforce: "pre",
    transform(code, id) {
      if (!/[\\/]sonner[\\/]dist[\\/]index\.mjs/.test(id)) return null;
      const changed = code.replace(/^__insertCSS\(".*"\);$/m, "");
      if (changed === code) this.error("sonner adds its styles in another way than expected");
      return { code: changed, map: null };
    },
  };
}

export default defineConfig({
  // The page lives at /console/ on a server and at / in the window.
  base: "./",
  plugins: [react(), tailwindcss(), sonnerWithoutInjection()],
  optimizeDeps: { exclude: ["sonner"] },
  // The window expects its page at exactly this address during development (tauri.conf.json).
  server: { port: 5173, strictPort: true },
  // WebKitGTK of Debian 12, and what Windows and macOS bring, understand at least this.
  build: { target: "safari16.4", assetsInlineLimit: 0 },
  test: {
    include: ["src/**/*.test.{ts,tsx}", "scripts/*.test.mjs"],
    environment: "jsdom",
    setupFiles: ["src/testing/setup.ts"],
    testTimeout: 60_000,
    server: { deps: { inline: ["sonner"] } },
  },
});
