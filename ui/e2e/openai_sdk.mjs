// The official OpenAI Node SDK, unmodified, against a running Postern.
//
// Usage: node openai_sdk.mjs SCENARIO, with OPENAI_BASE_URL and OPENAI_API_KEY as the SDK reads them and
// POSTERN_MODEL for the model. A scenario prints one JSON object about what it saw; the test that started
// it compares that with what the site received.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import OpenAI from "openai";

const model = process.env.POSTERN_MODEL ?? "gemini-3-flash-preview";
const system = "You answer in one short sentence.";
const settings = { temperature: 0.4, top_p: 0.8, max_tokens: 1234, stop: ["END", "<stop>"], reasoning_effort: "low" };

const client = (options = {}) => new OpenAI({ maxRetries: 0, timeout: 120_000, ...options });
const messages = (text) => [
  { role: "system", content: system },
  { role: "user", content: text },
];

async function collect(stream) {
  const seen = { content: "", reasoning: "", finish: [], usage: null, roles: [], chunks: 0 };
  for await (const chunk of stream) {
    seen.chunks += 1;
    if (chunk.choices.length === 0) {
      assert.ok(chunk.usage, "a chunk without choices carries usage");
      seen.usage = chunk.usage.total_tokens;
      continue;
    }
    const [choice] = chunk.choices;
    if (choice.delta.role) seen.roles.push([seen.chunks, choice.delta.role]);
    seen.content += choice.delta.content ?? "";
    seen.reasoning += choice.delta.reasoning_content ?? "";
    if (choice.finish_reason) seen.finish.push(choice.finish_reason);
  }
  assert.deepEqual(seen.roles, [[1, "assistant"]]);
  assert.equal(seen.finish.length, 1);
  return seen;
}

/** Runs the request and returns the SDK's error, which must be of the given class. */
async function refused(type, request) {
  try {
    await request();
  } catch (error) {
    assert.ok(error instanceof type, `${error?.constructor?.name}: ${error?.message}`);
    return { class: error.constructor.name, status: error.status, code: error.code, type: error.type, message: error.message };
  }
  throw new assert.AssertionError({ message: "the request did not fail" });
}

const scenarios = {
  async models() {
    const listed = [];
    for await (const each of client().models.list()) listed.push(each.id);
    assert.ok(listed.includes(model), listed.join());
    assert.equal((await client().models.retrieve(model)).id, model);
    return { models: listed };
  },

  async whole() {
    const answer = await client().chat.completions.create({ model, messages: messages("How are you?"), ...settings });
    const [choice] = answer.choices;
    assert.equal(answer.object, "chat.completion");
    return {
      content: choice.message.content,
      reasoning: choice.message.reasoning_content ?? null,
      finish: choice.finish_reason,
      usage: answer.usage.total_tokens,
    };
  },

  async stream() {
    const request = { model, messages: messages("How is the weather?"), stream: true, ...settings };
    return collect(await client().chat.completions.create({ ...request, stream_options: { include_usage: true } }));
  },

  async helper() {
    const runner = client().chat.completions.stream({ model, messages: messages("Through the helper?") });
    const answer = await runner.finalChatCompletion();
    return { content: answer.choices[0].message.content };
  },

  async cancelled() {
    const stream = await client().chat.completions.create({ model, messages: messages("Tell me everything."), stream: true });
    for await (const chunk of stream) {
      const content = chunk.choices[0]?.delta.content;
      if (content) {
        stream.controller.abort();
        return { content };
      }
    }
    throw new assert.AssertionError({ message: "the stream ended before any text came" });
  },

  wrong_key: () =>
    refused(OpenAI.AuthenticationError, () =>
      client({ apiKey: "sk-this-is-not-a-key" }).chat.completions.create({ model, messages: messages("Hello?") }),
    ),

  unknown_model: () =>
    refused(OpenAI.NotFoundError, () =>
      client().chat.completions.create({ model: "no-such-model", messages: messages("Hello?") }),
    ),

  async long_prompt() {
    let prompt = "";
    for (let line = 0; line < 2_000; line += 1) {
      prompt += `${String(line).padStart(6, "0")} All work and no play — 每天都要写代码。\n`;
    }
    const answer = await client().chat.completions.create({ model, messages: [{ role: "user", content: prompt }] });
    return {
      bytes: Buffer.byteLength(prompt),
      sha256: createHash("sha256").update(prompt).digest("hex"),
      content: answer.choices[0].message.content,
    };
  },

  async two_clients() {
    const ask = async (text) =>
      (await client().chat.completions.create({ model, messages: [{ role: "user", content: text }] })).choices[0].message
        .content;
    const [one, two] = await Promise.all([ask("I am the first client."), ask("I am the second client.")]);
    return { one, two };
  },
};

const scenario = scenarios[process.argv[2]];
assert.ok(scenario, `no such scenario: ${process.argv[2]}`);
console.log(JSON.stringify(await scenario()));
