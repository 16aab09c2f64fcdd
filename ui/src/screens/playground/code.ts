import { curl, KEY_VARIABLE } from "../../lib/curl";
import type { ChatRequest } from "./draft";

export type CodeKind = "curl" | "python" | "node";

/** Code that sends this request to the server. The key is never put into it. */
export function code(kind: CodeKind, request: ChatRequest, baseUrl: string): string {
  return { curl: asCurl, python, node }[kind](request, baseUrl);
}

function asCurl(request: ChatRequest, baseUrl: string): string {
  const body = JSON.stringify(request, null, 2);
  return `${curl({ baseUrl, key: "variable", body, stream: request.stream === true })}\n`;
}

/** What the Python library takes as arguments; everything else goes through `extra_body`. */
const pythonKnows = new Set([
  ...["model", "messages", "temperature", "top_p", "max_tokens", "stop", "reasoning_effort", "stream", "stream_options"],
  ...["tools", "tool_choice", "response_format", "seed", "user", "parallel_tool_calls", "logit_bias", "logprobs"],
  ...["presence_penalty", "frequency_penalty", "top_logprobs", "max_completion_tokens", "n", "metadata", "store"],
]);

function python(request: ChatRequest, baseUrl: string): string {
  const known = Object.entries(request).filter(([key]) => pythonKnows.has(key));
  const others = Object.entries(request).filter(([key]) => !pythonKnows.has(key));
  const given = others.length === 0 ? known : [...known, ["extra_body", Object.fromEntries(others)] as const];
  const reading =
    request.stream === true
      ? [
          "for chunk in answer:",
          "    if chunk.choices and chunk.choices[0].delta.content:",
          '        print(chunk.choices[0].delta.content, end="", flush=True)',
          "print()",
        ]
      : ["print(answer.choices[0].message.content)"];
  return [
    "import os",
    "",
    "from openai import OpenAI",
    "",
    `client = OpenAI(base_url=${literal(baseUrl, 0)}, api_key=os.environ["${KEY_VARIABLE}"])`,
    "",
    "answer = client.chat.completions.create(",
    ...given.map(([key, value]) => `    ${key}=${literal(value, 1)},`),
    ")",
    ...reading,
    "",
  ].join("\n");
}

/** A JSON value as Python writes it. */
function literal(value: unknown, depth: number): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value !== "object") return JSON.stringify(value);
  const list = Array.isArray(value);
  const items = list
    ? value.map((item) => literal(item, depth + 1))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${literal(item, depth + 1)}`);
  const [open, close] = list ? ["[", "]"] : ["{", "}"];
  if (items.length === 0) return open + close;
  const pad = "    ".repeat(depth);
  return `${open}\n${items.map((item) => `${pad}    ${item},\n`).join("")}${pad}${close}`;
}

function node(request: ChatRequest, baseUrl: string): string {
  const streams = request.stream === true;
  const body = JSON.stringify(request, null, 2);
  const reading = streams
    ? [
        "for await (const chunk of answer) {",
        '  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");',
        "}",
        'process.stdout.write("\\n");',
      ]
    : ["console.log(answer.choices[0].message.content);"];
  return [
    'import OpenAI from "openai";',
    "",
    "const client = new OpenAI({",
    `  baseURL: ${JSON.stringify(baseUrl)},`,
    `  apiKey: process.env.${KEY_VARIABLE},`,
    "});",
    "",
    `const answer = await client.chat.completions.create(${body});`,
    ...reading,
    "",
  ].join("\n");
}

/** A request as text to look at: long data in it is cut. */
export function readable(request: ChatRequest): string {
  const cut = (_key: string, value: unknown) =>
    typeof value === "string" && value.startsWith("data:") && value.length > 200
      ? `${value.slice(0, 80)}… (${value.length} characters)`
      : value;
  return JSON.stringify(request, cut, 2);
}
