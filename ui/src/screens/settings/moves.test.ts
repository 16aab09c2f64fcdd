// @vitest-environment node
// @ts-expect-error The types of Node are not installed; only tests that read the repository would use them.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { freePortIn, newHome } from "./moves";

/** Where the server says that a port is free; tests run in `ui/`. */
const change: string = readFileSync("../src-tauri/crates/app/src/house/change.rs", "utf8");

const here = new URL("http://localhost:2048/console/#/settings/server");
const before = { host: "127.0.0.1", port: 2048 };

describe("a page whose server moves", () => {
  it.each([
    ["follows to another port", { host: "127.0.0.1", port: 2050 }, "http://localhost:2050/console/#/settings/server"],
    ["follows to another address", { host: "192.0.2.1", port: 2048 }, "http://192.0.2.1:2048/console/#/settings/server"],
    ["follows to an IPv6 address", { host: "::1", port: 2050 }, "http://[::1]:2050/console/#/settings/server"],
    ["keeps its name when the server listens everywhere", { host: "0.0.0.0", port: 2050 }, "http://localhost:2050/console/#/settings/server"],
  ])("%s", (_, after, expected) => {
    expect(String(newHome(here, before, after))).toBe(expected);
  });

  it("stays where it is while it can", () => {
    expect(newHome(here, before, before)).toBeNull();
    expect(newHome(here, before, { host: "0.0.0.0", port: 2048 })).toBeNull();
    expect(newHome(new URL("https://gate.example.org/console/"), before, { host: "127.0.0.1", port: 2050 })).toBeNull();
  });

  it("does not guess a port that the system chooses", () => {
    expect(newHome(here, before, { host: "127.0.0.1", port: 0 })).toBe("unknown");
  });
});

describe("the free port of a refusal", () => {
  it("is read from the very words of the server", () => {
    const words = /"(Port \{port\} is free\.)"/.exec(change)?.[1];
    expect(words).toBeDefined();
    expect(freePortIn(words?.replace("{port}", "2050"))).toBe(2050);
  });

  it("is none where none is offered", () => {
    expect(freePortIn("Look at the settings again, then change them.")).toBeNull();
    expect(freePortIn(undefined)).toBeNull();
  });
});
