import type { Schemas } from "../../api/types";
import { curl, shellWord } from "../../lib/curl";

/** What a client is told. */
export interface Values {
  /** The base URL with `/v1`. */
  base: string;
  /** The key to send. A client that insists on one gets any text while none is needed. */
  key: string;
  model: string;
}

/** A text to be copied, such as a command or a part of a configuration file. */
export interface Snippet {
  /** What it is, as a key below `connect.snippet`. */
  label: "command" | "shell" | "environment" | "file" | "code" | "install";
  code: (values: Values) => string;
}

/** A client that can be connected. Its steps are texts below `connect.client`. */
export interface ClientCard {
  id: ClientName;
  name: string;
  /** How many steps its text has. */
  steps: number;
  snippets: readonly Snippet[];
  /** A link that opens the client with everything but the key filled in. */
  link?: (values: Values) => string;
  /** Its configuration file, which Postern can write. */
  file?: Schemas["ClientId"];
}

/** The clients, apps first. */
export type ClientName =
  | "lobechat"
  | "openwebui"
  | "chatbox"
  | "cherrystudio"
  | "continue"
  | "cline"
  | "aider"
  | "opencode"
  | "claudecode"
  | "codex"
  | "geminicli"
  | "curl"
  | "python"
  | "node";

const root = (base: string) => base.replace(/\/v1$/, "");
const base64 = (value: unknown) => btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value))));

/** ChatBox takes a provider from a link and asks before it keeps it. The key is not in it, because links are remembered. */
function chatbox({ base, model }: Values): string {
  const provider = {
    id: "postern",
    name: "Postern",
    type: "openai",
    settings: {
      apiHost: root(base),
      apiPath: "/v1/chat/completions",
      models: [{ modelId: model, type: "chat" }],
    },
  };
  return `chatbox://provider/import?config=${encodeURIComponent(base64(provider))}`;
}

const quoted = (text: string) => JSON.stringify(text);

/** Every client, with what it is told and where. */
export const clients: readonly ClientCard[] = [
  {
    id: "lobechat",
    name: "LobeChat",
    steps: 4,
    snippets: [
      {
        label: "environment",
        code: ({ base, key, model }) => `OPENAI_PROXY_URL=${base}\nOPENAI_API_KEY=${key}\nOPENAI_MODEL_LIST=-all,+${model}`,
      },
    ],
  },
  {
    id: "openwebui",
    name: "Open WebUI",
    steps: 4,
    snippets: [
      { label: "environment", code: ({ base, key }) => `OPENAI_API_BASE_URL=${base}\nOPENAI_API_KEY=${key}` },
    ],
  },
  { id: "chatbox", name: "ChatBox", steps: 4, snippets: [], link: chatbox },
  { id: "cherrystudio", name: "Cherry Studio", steps: 4, snippets: [] },
  {
    id: "continue",
    name: "Continue",
    steps: 3,
    file: "continue",
    snippets: [
      {
        label: "file",
        code: ({ base, key, model }) =>
          [
            "models:",
            "  - name: Postern",
            "    provider: openai",
            `    model: ${quoted(model)}`,
            `    apiBase: ${quoted(base)}`,
            `    apiKey: ${quoted(key)}`,
            "    roles: [chat, edit, apply]",
          ].join("\n"),
      },
    ],
  },
  { id: "cline", name: "Cline", steps: 4, snippets: [] },
  {
    id: "aider",
    name: "aider",
    steps: 2,
    file: "aider",
    snippets: [
      {
        label: "command",
        code: ({ base, key, model }) =>
          `aider --openai-api-base ${base} --openai-api-key ${shellWord(key)} --model ${shellWord(`openai/${model}`)}`,
      },
    ],
  },
  {
    id: "opencode",
    name: "OpenCode",
    steps: 2,
    file: "open_code",
    snippets: [
      {
        label: "file",
        code: ({ base, key, model }) =>
          JSON.stringify(
            {
              $schema: "https://opencode.ai/config.json",
              provider: {
                postern: {
                  npm: "@ai-sdk/openai-compatible",
                  name: "Postern",
                  options: { baseURL: base, apiKey: key },
                  models: { [model]: { name: model } },
                },
              },
            },
            null,
            2,
          ),
      },
    ],
  },
  {
    id: "claudecode",
    name: "Claude Code",
    steps: 3,
    snippets: [
      {
        label: "shell",
        code: ({ base, key, model }) =>
          [
            `export ANTHROPIC_BASE_URL=${root(base)}`,
            `export ANTHROPIC_AUTH_TOKEN=${shellWord(key)}`,
            `export ANTHROPIC_MODEL=${shellWord(model)}`,
            `export ANTHROPIC_DEFAULT_HAIKU_MODEL=${shellWord(model)}`,
            "claude",
          ].join("\n"),
      },
    ],
  },
  {
    id: "codex",
    name: "Codex CLI",
    steps: 3,
    snippets: [
      {
        label: "file",
        code: ({ base, model }) =>
          [
            `model = ${quoted(model)}`,
            'model_provider = "postern"',
            "",
            "[model_providers.postern]",
            'name = "Postern"',
            `base_url = ${quoted(base)}`,
            'env_key = "POSTERN_KEY"',
            'wire_api = "responses"',
          ].join("\n"),
      },
      { label: "shell", code: ({ key }) => `export POSTERN_KEY=${shellWord(key)}\ncodex` },
    ],
  },
  {
    id: "geminicli",
    name: "Gemini CLI",
    steps: 3,
    snippets: [
      {
        label: "shell",
        code: ({ base, key, model }) =>
          [
            `export GOOGLE_GEMINI_BASE_URL=${root(base)}`,
            `export GEMINI_API_KEY=${shellWord(key)}`,
            `gemini --model ${shellWord(model)}`,
          ].join("\n"),
      },
    ],
  },
  {
    id: "curl",
    name: "curl",
    steps: 0,
    snippets: [
      {
        label: "command",
        code: ({ base, key, model }) =>
          curl({
            baseUrl: base,
            key: { key },
            body: JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] }),
          }),
      },
    ],
  },
  {
    id: "python",
    name: "Python",
    steps: 0,
    snippets: [
      { label: "install", code: () => "pip install openai" },
      {
        label: "code",
        code: ({ base, key, model }) =>
          [
            "from openai import OpenAI",
            "",
            `client = OpenAI(base_url=${quoted(base)}, api_key=${quoted(key)})`,
            "answer = client.chat.completions.create(",
            `    model=${quoted(model)},`,
            '    messages=[{"role": "user", "content": "Hello"}],',
            ")",
            "print(answer.choices[0].message.content)",
          ].join("\n"),
      },
    ],
  },
  {
    id: "node",
    name: "Node",
    steps: 0,
    snippets: [
      { label: "install", code: () => "npm install openai" },
      {
        label: "code",
        code: ({ base, key, model }) =>
          [
            'import OpenAI from "openai";',
            "",
            `const client = new OpenAI({ baseURL: ${quoted(base)}, apiKey: ${quoted(key)} });`,
            "const answer = await client.chat.completions.create({",
            `  model: ${quoted(model)},`,
            '  messages: [{ role: "user", content: "Hello" }],',
            "});",
            "console.log(answer.choices[0].message.content);",
          ].join("\n"),
      },
    ],
  },
];

/** A key as it may be seen: its edges. */
export const masked = (key: string): string => (key.length < 12 ? key : `${key.slice(0, 5)}****${key.slice(-2)}`);
