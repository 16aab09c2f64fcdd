import { expect, test } from "vitest";

import { curl } from "./curl";

const chat = { baseUrl: "http://h/v1", body: `{"model":"it's"}` };

test("a command says how the key is had, and quotes what a shell would read", () => {
  expect(curl({ ...chat, key: "none" })).toBe(
    `curl 'http://h/v1/chat/completions' \\\n  -H 'Content-Type: application/json' \\\n  -d '{"model":"it'\\''s"}'`,
  );
  expect(curl({ ...chat, key: "variable" })).toContain(`-H "Authorization: Bearer $POSTERN_API_KEY" \\\n`);
  expect(curl({ ...chat, key: { key: "a$b'c" } })).toContain(`-H 'Authorization: Bearer a$b'\\''c' \\\n`);
  expect(curl({ ...chat, key: "none", stream: true })).toMatch(/^curl -N 'http/);
});
