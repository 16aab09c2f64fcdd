/** What pages keep in their address. Every value is a text, so that an id of digits stays one. */
export interface PageSearch {
  accounts: { id?: string; state?: string; add?: string; again?: string; enrolment?: string };
  upstreams: { name?: string };
  keys: { id?: string; new?: string };
  models: { name?: string };
  connect: { client?: string };
  requests: {
    id?: string;
    outcome?: string;
    model?: string;
    key?: string;
    account?: string;
    upstream?: string;
    search?: string;
  };
  conversations: { id?: string; filter?: string; sort?: string };
  playground: { replay?: string; model?: string; conversation?: string; turns?: string };
  settings: { account?: string };
}

const names: { [P in keyof PageSearch]: readonly (keyof PageSearch[P])[] } = {
  accounts: ["id", "state", "add", "again", "enrolment"],
  upstreams: ["name"],
  keys: ["id", "new"],
  models: ["name"],
  connect: ["client"],
  requests: ["id", "outcome", "model", "key", "account", "upstream", "search"],
  conversations: ["id", "filter", "sort"],
  playground: ["replay", "model", "conversation", "turns"],
  settings: ["account"],
};

/** Takes from an address what the page knows. */
export function searchOf<P extends keyof PageSearch>(page: P): (raw: Record<string, unknown>) => PageSearch[P] {
  return (raw) => {
    const known = names[page].filter((name) => raw[name as string] !== undefined && raw[name as string] !== "");
    return Object.fromEntries(known.map((name) => [name, String(raw[name as string])])) as PageSearch[P];
  };
}
