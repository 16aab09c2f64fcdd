import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  // The window expects its page at exactly this address during development (tauri.conf.json).
  server: { port: 5173, strictPort: true },
  // WebKitGTK of Debian 12, and what Windows and macOS bring, understand at least this.
  build: { target: "safari16.4" },
  test: { include: ["src/**/*.test.{ts,tsx}"] },
});
