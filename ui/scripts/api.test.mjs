// @vitest-environment node
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("schema.gen.ts has the types of the present OpenAPI document", async () => {
  const committed = await readFile("src/api/schema.gen.ts", "utf8");
  const { stdout } = await promisify(execFile)(process.execPath, ["scripts/api.mjs", "--print"], { maxBuffer: 1 << 26 });
  expect(committed === stdout, "src/api/schema.gen.ts is stale: run `npm run api`").toBe(true);
}, 60_000);
