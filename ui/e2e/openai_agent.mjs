// Agents of the official OpenAI Node SDK, unmodified, against a running Postern.
//
// Usage: node openai_agent.mjs SCENARIO, with OPENAI_BASE_URL and OPENAI_API_KEY as the SDK reads them and
// POSTERN_MODEL for the model. A scenario prints one JSON object about what it saw; the test that started
// it compares that with what the site received.

import assert from "node:assert/strict";

import OpenAI from "openai";
import { zodFunction } from "openai/helpers/zod";
import { z } from "zod";

const model = process.env.POSTERN_MODEL ?? "gemini-3-flash-preview";

/** How functions were offered, answer by answer. */
const modes = [];

/** The SDK's own way to look at answers on their way. */
async function looked(...request) {
  const answer = await fetch(...request);
  modes.push(answer.headers.get("x-postern-tools"));
  return answer;
}

const client = new OpenAI({ maxRetries: 0, timeout: 120_000, fetch: looked });

/** The functions of the agent; `ran` hears of every run. */
function functions(ran) {
  const heard = (name, result) => (given) => {
    ran.push([name, given]);
    return result(given);
  };
  return [
    {
      type: "function",
      function: {
        name: "get-weather",
        description: "The weather of a city.",
        parse: JSON.parse,
        function: heard("get-weather", ({ city }) => ({ sky: city === "Oslo" ? "rain" : "sun" })),
        strict: true,
        parameters: {
          type: "object",
          title: "Weather",
          additionalProperties: false,
          properties: { city: { type: "string" }, days: { anyOf: [{ type: "integer" }, { type: "null" }] } },
          required: ["city", "days"],
        },
      },
    },
    {
      type: "function",
      function: {
        name: "now",
        description: "What time it is.",
        function: heard("now", () => "noon"),
        parameters: { type: "object", properties: {} },
      },
    },
    zodFunction({
      name: "book",
      description: "Books a seat.",
      parameters: z.object({ seats: z.array(z.object({ row: z.number().int(), window: z.boolean() })) }),
      function: heard("book", ({ seats }) => `${seats.length} booked`),
    }),
  ];
}

async function loop(stream) {
  const ran = [];
  const runner = client.chat.completions.runTools({
    model,
    stream,
    messages: [
      { role: "system", content: "You travel light." },
      { role: "user", content: "Where shall I go?" },
    ],
    tools: functions(ran),
  });
  let pieces = "";
  if (stream) runner.on("content", (piece) => { pieces += piece; });
  const content = await runner.finalContent();
  if (stream) assert.ok(pieces.endsWith(content), pieces);
  return {
    content,
    ran,
    modes,
    finishes: runner.allChatCompletions().map((answer) => answer.choices[0].finish_reason),
    roles: runner.messages.map((message) => message.role),
    ids: runner.messages.flatMap((message) => (message.tool_calls ?? []).map((call) => call.id)),
    answered: runner.messages.filter((message) => message.role === "tool").map((message) => message.tool_call_id),
    usage: (await runner.totalUsage()).total_tokens,
  };
}

const scenarios = {
  whole: () => loop(false),
  streamed: () => loop(true),

  /** A plain question, which must know nothing of what was asked before. */
  async plain() {
    const answer = await client.chat.completions.create({ model, messages: [{ role: "user", content: "And you?" }] });
    return { content: answer.choices[0].message.content, modes };
  },
};

const scenario = scenarios[process.argv[2]];
assert.ok(scenario, `no such scenario: ${process.argv[2]}`);
console.log(JSON.stringify(await scenario()));
