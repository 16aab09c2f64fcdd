import type { Answers } from "../../testing/console";
import type { Change, Conversation, Filter, Selection, ThreadRow } from "./types";
import { changed } from "./useReview";

/** A conversation in the list. */
export function thread(id: number, more: Partial<ThreadRow> = {}): ThreadRow {
  return {
    id,
    began_ms: 1_700_000_000_000,
    last_ms: 1_700_000_000_000 + id,
    leaf: id,
    upstream: "postern",
    total_ms: 1200,
    title: `Question ${id}`,
    preview: `Answer ${id}`,
    kind: "chat",
    dialect: "openai-chat",
    model: "postern/echo",
    language: "eng",
    standing: "ok",
    turns: 2,
    chars: 20,
    tokens_in: 10,
    tokens_out: 20,
    flags: 0,
    state: "new",
    note: "",
    tags: [],
    edited: false,
    cluster: 1,
    ...more,
  };
}

interface Body {
  filter: Filter;
  after?: string;
  limit: number;
  selection: Selection;
  change: Change;
}

/** A console that keeps conversations, filters them by state, end and words, and undoes what was changed. */
export function fakeConversations(total: number, more: (id: number) => Partial<ThreadRow> = () => ({})) {
  let rows = Array.from({ length: total }, (_, index) => thread(index + 1, more(index + 1)));
  const undone: ThreadRow[][] = [];
  const edits = new Map<number, Conversation>();
  let batch = 0;
  const said = (id: number): Conversation => ({
    model: "postern/echo",
    turns: [
      { role: "user", parts: [{ type: "text", text: `Question ${id}` }] },
      { role: "assistant", parts: [{ type: "text", text: `Answer ${id}, **bold**` }] },
    ],
  });
  const matching = ({ states, standings, text }: Filter) =>
    rows.filter((row) => (!states?.length || states.includes(row.state)) && (!standings?.length || standings.includes(row.standing)) && (!text || row.title.toLowerCase().includes(text.toLowerCase())));
  const ids = (selection: Selection) => new Set("ids" in selection ? selection.ids : matching(selection.matching).map((row) => row.id));
  const detail = (id: number) => ({
    row: rows.find((row) => row.id === id),
    conversation: edits.get(id) ?? said(id),
    original: edits.has(id) ? said(id) : null,
    forks: [],
    pairs: [],
    exchanges: [id],
    findings: [],
    highlights: [],
  });
  const answers: Record<string, (body: unknown, url: URL) => unknown> = {
    "POST /api/conversations/search": (body) => {
      const { filter, after, limit } = body as Body;
      const rest = matching(filter).filter((row) => after === undefined || row.id > Number(after));
      const page = rest.slice(0, limit);
      return { rows: page, next: rest.length > limit ? String(page.at(-1)?.id) : null };
    },
    "POST /api/conversations/count": (body) => ({ count: matching(body as Filter).length }),
    "POST /api/conversations/facets": () => [
      { field: "states", values: [{ value: "new", count: total }] },
      { field: "standings", values: [{ value: "ok", count: rows.filter((row) => row.standing === "ok").length }] },
    ],
    "POST /api/conversations/change": (body) => {
      const { selection, change } = body as Body;
      const meant = ids(selection);
      undone.push(rows);
      rows = rows.map((row) => (meant.has(row.id) ? changed(row, change) : row));
      return { batch: ++batch, changed: meant.size };
    },
    "POST /api/conversations/undo": () => {
      const before = undone.pop();
      if (!before) return Response.json(null);
      const count = before.filter((row, index) => row !== rows[index]).length;
      rows = before;
      return { batch: batch--, changed: count };
    },
    "POST /api/conversations/delete": (body) => {
      const meant = ids((body as Body).selection);
      rows = rows.filter((row) => !meant.has(row.id));
      return { deleted: meant.size };
    },
    "GET /api/conversations/queries": () => [],
    "GET /api/conversations/history": () => [],
    "GET /api/recording": () => ({ enabled: true }),
  };
  for (let id = 1; id <= Math.min(total, 200); id += 1) {
    answers[`GET /api/conversations/${id}`] = () => detail(id);
    answers[`PUT /api/conversations/${id}/edit`] = (body) => {
      edits.set(id, body as Conversation);
      return { batch: ++batch, changed: 1 };
    };
  }
  return { answers: answers satisfies Answers, row: (id: number) => rows.find((row) => row.id === id) };
}
