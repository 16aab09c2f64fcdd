/** The variable that copied code reads the key from. */
export const KEY_VARIABLE = "POSTERN_API_KEY";

/** A text as one word of a shell, whatever is in it. */
export const shellWord = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Where a command has the key from: it stands in it, it is in `KEY_VARIABLE`, or none is needed. */
export type CurlKey = { key: string } | "variable" | "none";

interface Chat {
  /** The base URL with `/v1`. */
  baseUrl: string;
  key: CurlKey;
  /** The body, as JSON. */
  body: string;
  /** Whether the answer is streamed. */
  stream?: boolean;
}

/** A command that sends a chat to the server. */
export function curl({ baseUrl, key, body, stream = false }: Chat): string {
  return [
    `curl ${stream ? "-N " : ""}${shellWord(`${baseUrl}/chat/completions`)}`,
    ...authorization(key),
    `-H ${shellWord("Content-Type: application/json")}`,
    `-d ${shellWord(body)}`,
  ].join(" \\\n  ");
}

function authorization(key: CurlKey): string[] {
  if (key === "none") return [];
  // A shell reads variables in double quotes only.
  if (key === "variable") return [`-H "Authorization: Bearer $${KEY_VARIABLE}"`];
  return [`-H ${shellWord(`Authorization: Bearer ${key.key}`)}`];
}
