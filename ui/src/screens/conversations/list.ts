import type { Filter, Sort, ThreadRow } from "./types";

/** Where the rows come from. */
export type ReadPage = (
  filter: Filter,
  sort: Sort,
  after: string | undefined,
  limit: number,
) => Promise<{ rows: ThreadRow[]; next?: string | null }>;

/** How far the list is. */
export interface ListState {
  phase: "loading" | "ready" | "failed";
  /** Why the first rows could not be read, or the further ones. */
  error?: unknown;
  count: number;
  /** Whether more follow behind the last one. */
  more: boolean;
  /** Whether the list was cut because no page can be that long. */
  full: boolean;
  /** How many came since, before the first of them. */
  fresh: number;
}

/** A stretch of the list: where it begins is remembered for ever, its rows only while somebody is near. */
interface Stretch {
  after: string | undefined;
  size: number;
  first: number | undefined;
  rows: ThreadRow[] | null;
  used: number;
}

export const STRETCH = 100;
const HELD = 12;
/** A list of more rows would be higher than browsers can draw. */
export const MOST_ROWS = 200_000;

/** A list of any length of which only what is near is in memory. It goes from one end to the other by the console's cursors. */
export class ThreadList {
  private stretches: Stretch[] = [];
  private starts: number[] = [];
  private next: string | null | undefined;
  private current: ListState = { phase: "loading", count: 0, more: false, full: false, fresh: 0 };
  private listeners = new Set<() => void>();
  private clock = 0;
  private growing: Promise<void> | undefined;
  private filling = new Set<number>();
  /** What was asked for before the list began anew comes too late. */
  private turn = 0;

  constructor(
    readonly filter: Filter,
    readonly sort: Sort,
    private readonly read: ReadPage,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly state = (): ListState => this.current;

  /** The row at a place, if it is in memory. */
  at(index: number): ThreadRow | undefined {
    const place = this.placeOf(index);
    const stretch = this.stretches[place];
    if (!stretch?.rows) return undefined;
    stretch.used = ++this.clock;
    return stretch.rows[index - (this.starts[place] ?? 0)];
  }

  /** Where a row is, or -1 when it is not in memory. */
  indexOf(id: number): number {
    for (const [place, { rows }] of this.stretches.entries()) {
      const within = rows?.findIndex((row) => row.id === id) ?? -1;
      if (within >= 0) return (this.starts[place] ?? 0) + within;
    }
    return -1;
  }

  /** A row with this id, if it is in memory. */
  row(id: number): ThreadRow | undefined {
    return this.at(this.indexOf(id));
  }

  /** Reads from the beginning. What is shown stays until the new rows are there. */
  async reload(): Promise<void> {
    const turn = ++this.turn;
    this.growing = undefined;
    this.filling.clear();
    if (this.current.phase === "failed") this.set({ phase: "loading" });
    try {
      const page = await this.read(this.filter, this.sort, undefined, STRETCH);
      if (turn !== this.turn) return;
      this.stretches = [];
      this.append(undefined, page);
      this.set({ phase: "ready", error: undefined, fresh: 0 });
    } catch (error) {
      if (turn === this.turn) this.set({ phase: this.current.count > 0 ? "ready" : "failed", error });
    }
  }

  /** Tells what is in sight: what was let go there is read again, and what follows when the end is near. */
  need(first: number, last: number): void {
    for (let place = this.placeOf(first); place <= this.placeOf(last); place += 1) void this.fill(place);
    if (last >= this.current.count - 30) void this.grow();
  }

  /** The row some steps away from another one, read if it must be. */
  async step(id: number, by: 1 | -1): Promise<ThreadRow | undefined> {
    const index = this.indexOf(id) + by;
    if (index < by) return undefined;
    if (index >= this.current.count) await this.grow();
    if (index >= 0 && index < this.current.count) await this.fill(this.placeOf(index));
    return this.at(index);
  }

  /** Reads what follows. */
  grow(): Promise<void> {
    if (!this.current.more || this.current.full) return Promise.resolve();
    return (this.growing ??= this.readOn());
  }

  /** Writes rows anew where they are in memory. */
  patch(change: (row: ThreadRow) => ThreadRow): void {
    for (const stretch of this.stretches) stretch.rows = stretch.rows && stretch.rows.map(change);
    this.set({});
  }

  /** Takes rows out. */
  drop(ids: ReadonlySet<number>): void {
    for (const stretch of this.stretches) {
      stretch.rows = stretch.rows && stretch.rows.filter((row) => !ids.has(row.id));
      if (stretch.rows) stretch.size = stretch.rows.length;
    }
    this.measure();
    this.set({});
  }

  /** Looks at the beginning: known rows are written anew, and how many unknown ones stand before them is counted. */
  async look(): Promise<void> {
    const turn = this.turn;
    if (this.current.phase !== "ready") return this.reload();
    try {
      const { rows } = await this.read(this.filter, this.sort, undefined, STRETCH);
      if (turn !== this.turn) return;
      if (this.current.count === 0) return await this.reload();
      const byId = new Map(rows.map((row) => [row.id, row]));
      const known = rows.findIndex((row) => this.indexOf(row.id) >= 0);
      this.patch((row) => byId.get(row.id) ?? row);
      this.set({ fresh: known < 0 ? rows.length : known });
    } catch {
      // The list stays as it is; the banner tells that the console does not answer.
    }
  }

  private async readOn(): Promise<void> {
    const turn = this.turn;
    const after = this.next ?? undefined;
    try {
      const page = await this.read(this.filter, this.sort, after, STRETCH);
      if (turn !== this.turn) return;
      this.append(after, page);
      this.set({ error: undefined });
    } catch (error) {
      if (turn === this.turn) this.set({ error });
    } finally {
      if (turn === this.turn) this.growing = undefined;
    }
  }

  private async fill(place: number): Promise<void> {
    const stretch = this.stretches[place];
    if (!stretch || stretch.rows || this.filling.has(place)) return;
    const turn = this.turn;
    this.filling.add(place);
    try {
      const { rows } = await this.read(this.filter, this.sort, stretch.after, STRETCH);
      if (turn !== this.turn) return;
      // Where rows have left, what belongs to the next stretch would come twice.
      const end = rows.findIndex((row) => row.id === this.stretches[place + 1]?.first);
      stretch.rows = end < 0 ? rows : rows.slice(0, end);
      stretch.size = stretch.rows.length;
      stretch.used = ++this.clock;
      this.letGo();
      this.measure();
      this.set({});
    } catch (error) {
      if (turn === this.turn) this.set({ error });
    } finally {
      if (turn === this.turn) this.filling.delete(place);
    }
  }

  private append(after: string | undefined, { rows, next }: { rows: ThreadRow[]; next?: string | null }): void {
    const held = new Set(this.stretches.slice(-2).flatMap((stretch) => stretch.rows?.map((row) => row.id) ?? []));
    const fresh = rows.filter((row) => !held.has(row.id));
    this.stretches.push({ after, size: fresh.length, first: fresh[0]?.id, rows: fresh, used: ++this.clock });
    this.next = next;
    this.letGo();
    this.measure();
  }

  /** Forgets the rows that were looked at the longest ago. */
  private letGo(): void {
    const held = this.stretches.filter((stretch) => stretch.rows).sort((a, b) => b.used - a.used);
    for (const stretch of held.slice(HELD)) stretch.rows = null;
  }

  private measure(): void {
    let count = 0;
    this.starts = this.stretches.map(({ size }) => (count += size) - size);
    const full = count >= MOST_ROWS;
    this.current = { ...this.current, count, more: Boolean(this.next) && !full, full };
  }

  private placeOf(index: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.starts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private set(change: Partial<ListState>): void {
    this.current = { ...this.current, ...change };
    for (const listener of this.listeners) listener();
  }
}
