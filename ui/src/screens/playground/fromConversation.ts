import type { Conversation, Part, Turn } from "../conversations/types";

type Fields = Record<string, unknown>;

const texts = (parts: readonly Part[]): string =>
  parts.map((part) => (part.type === "text" || part.type === "refusal" ? part.text : "")).filter(Boolean).join("\n");

function content(parts: readonly Part[]): unknown {
  const pictures = parts.flatMap((part) => (part.type === "image" && "url" in part.source ? [{ type: "image_url", image_url: { url: part.source.url } }] : []));
  const text = texts(parts);
  return pictures.length === 0 ? text : [{ type: "text", text }, ...pictures];
}

function messages(turn: Turn): Fields[] {
  const results = turn.parts.filter((part) => part.type === "tool_result");
  if (results.length > 0) return results.map((part) => ({ role: "tool", tool_call_id: part.call_id ?? "", content: texts(part.parts) }));
  const calls = turn.parts.filter((part) => part.type === "tool_call");
  const said = content(turn.parts);
  if (calls.length === 0) return said === "" ? [] : [{ role: turn.role === "developer" ? "system" : turn.role, content: said }];
  const made = calls.map((part, index) => ({
    id: part.id || `call_${index + 1}`,
    type: "function",
    function: { name: part.name, arguments: part.arguments },
  }));
  return [{ role: "assistant", content: said || null, tool_calls: made }];
}

const carried = ["temperature", "top_p", "stop", "reasoning_effort", "response_format", "seed", "presence_penalty", "frequency_penalty"];

/**
 * A recorded conversation up to a turn as a request that asks for that turn again. Files that are kept here do not go
 * with it; what providers sealed cannot.
 */
export function requestOf(conversation: Conversation, turns: number): Fields {
  const said = (conversation.turns ?? []).slice(0, turns);
  // The answer is what is asked for anew.
  const asked = said.at(-1)?.role === "assistant" ? said.slice(0, -1) : said;
  const tools = (conversation.tools ?? []).filter((tool) => tool.name && tool.parameters);
  const parameters = Object.entries(conversation.parameters ?? {}).filter(([name]) => carried.includes(name));
  return {
    model: conversation.model ?? "",
    messages: asked.flatMap(messages),
    stream: true,
    ...Object.fromEntries(parameters),
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description, parameters: schema }) => ({ type: "function", function: { name, ...(description && { description }), parameters: schema } })),
    }),
  };
}
