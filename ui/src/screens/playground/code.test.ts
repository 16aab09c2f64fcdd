import { expect, test } from "vitest";

import { code, readable } from "./code";

const request = {
  model: "m",
  messages: [{ role: "user", content: "It's \"so\"\n中文" }],
  stop: null,
  mcp_endpoint: "x",
  stream: true,
};

test("curl quotes what a shell would read", () => {
  const text = code("curl", request, "http://127.0.0.1:2048/v1");
  expect(text).toContain("curl -N 'http://127.0.0.1:2048/v1/chat/completions'");
  expect(text).toContain("It'\\''s");
  expect(text).toContain("Bearer $POSTERN_API_KEY");
});

test("Python gets its own words and what the library does not know apart", () => {
  const text = code("python", request, "http://127.0.0.1:2048/v1");
  expect(text).toContain("    stop=None,\n    stream=True,\n    extra_body={\n        \"mcp_endpoint\": \"x\",\n    },\n)");
  expect(text).toContain('OpenAI(base_url="http://127.0.0.1:2048/v1", api_key=os.environ["POSTERN_API_KEY"])');
  expect(text).toContain("for chunk in answer:");
  expect(code("python", { model: "m", messages: [] }, "u")).toContain("print(answer.choices[0].message.content)");
});

test("Node streams or waits as the request does", () => {
  expect(code("node", request, "u")).toContain("for await (const chunk of answer)");
  expect(code("node", { model: "m" }, "u")).toContain("console.log(answer.choices[0].message.content)");
});

test("what is only looked at is cut, what is copied is not", () => {
  const url = `data:image/png;base64,${"A".repeat(1000)}`;
  const heavy = { model: "m", messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }] };
  expect(readable(heavy).length).toBeLessThan(500);
  expect(code("curl", heavy, "u")).toContain(url);
});
