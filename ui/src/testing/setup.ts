import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeAll, vi } from "vitest";

// How long a test waits says nothing about what it proves: a slow machine only takes longer.
configure({ asyncUtilTimeout: 20_000 });

if (typeof window !== "undefined") {
  // What the page needs of a browser and jsdom lacks.
  Object.defineProperty(window, "matchMedia", {
    writable: true,
    value: (query: string) => ({
      matches: query.startsWith("(min-width"),
      media: query,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    }),
  });
  class Observer {
    observe() {}
    unobserve() {}
    disconnect() {}
  }
  vi.stubGlobal("ResizeObserver", Observer);
  vi.stubGlobal("IntersectionObserver", Observer);
  window.scrollTo = () => undefined;
  Element.prototype.scrollIntoView = () => undefined;
  Element.prototype.hasPointerCapture = () => false;
  Element.prototype.setPointerCapture = () => undefined;
}

beforeAll(async () => {
  if (typeof window === "undefined") return;
  const { speak } = await import("../lib/language");
  await speak("en");
});

afterEach(async () => {
  if (typeof window === "undefined") return;
  cleanup();
  // Messages live outside of React, and would be shown again in the next test.
  const { toast } = await import("sonner");
  toast.dismiss();
});
