import { type Filter, matcher, type RequestRow } from "./filter";
import { Rows } from "./rows";

export interface RowsPage {
  rows: RequestRow[];
  next?: string | null;
}

/** Where rows are read from. */
export interface Source {
  page: (filter: Filter, before: string | undefined) => Promise<RowsPage>;
  /** One row as it is now; nothing when it is gone. */
  row: (id: string) => Promise<RequestRow | undefined>;
}

/** How far the list is read; a new object whenever it changes. */
export interface FeedState {
  phase: "loading" | "ready" | "failed";
  error?: unknown;
  /** Whether older rows are there to be read. */
  more: boolean;
  reading: boolean;
  /** What kept the next older rows from being read. */
  olderError?: unknown;
}

/** Rows that still ran when changes were lost, looked at one by one; more than this many are left to the next event. */
const MOST_LOOKED_AFTER = 50;

/** The list of requests for one filter: pages read from the journal, and live changes laid over them. */
export class Feed {
  readonly rows: Rows<RequestRow>;
  private current: FeedState = { phase: "loading", more: false, reading: true };
  private listeners = new Set<() => void>();
  private next: string | undefined;
  private refreshing: Promise<void> | undefined;
  private refreshAgain = false;
  private hole = false;
  private round = 0;

  constructor(
    private readonly filter: Filter,
    private readonly source: Source,
  ) {
    this.rows = new Rows(matcher(filter));
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly state = (): FeedState => this.current;

  /** Reads the list from its beginning. */
  async reload(): Promise<void> {
    const round = (this.round += 1);
    this.set({ ...this.current, reading: true });
    try {
      const page = await this.source.page(this.filter, undefined);
      if (round !== this.round) return;
      this.hole = false;
      this.rows.clear();
      this.take(page);
    } catch (error) {
      if (round === this.round) this.set({ phase: "failed", error, more: false, reading: false });
    }
  }

  /** Reads the next older rows. */
  async older(): Promise<void> {
    if (this.current.reading || !this.current.more) return;
    const round = this.round;
    this.set({ phase: "ready", more: true, reading: true });
    try {
      const page = await this.source.page(this.filter, this.next);
      if (round === this.round) this.take(page);
    } catch (olderError) {
      if (round === this.round) this.set({ phase: "ready", more: true, reading: false, olderError });
    }
  }

  /** Live changes. */
  live(batch: readonly RequestRow[]): void {
    if (this.current.phase === "ready") this.rows.merge(batch);
    else if (batch.length > 0) this.refreshAgain = true;
  }

  /** Changes were lost: reads the newest rows again, once at a time. */
  refresh(): Promise<void> {
    if (this.current.phase !== "ready") return this.reload();
    this.refreshAgain = true;
    this.refreshing ??= this.refreshAll().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  /** Holds the list still, or lets it run. A list that missed rows while it was held begins anew. */
  hold(held: boolean): void {
    this.rows.hold(held);
    if (!held && this.hole) void this.reload();
  }

  /** Shows what waited while the list stays held. */
  release(): void {
    if (this.hole) void this.reload();
    else this.rows.release();
  }

  private async refreshAll(): Promise<void> {
    while (this.refreshAgain) {
      this.refreshAgain = false;
      const round = this.round;
      // A failure is no news: the stream tells when the connection is back, and the list is read then.
      const page = await this.source.page(this.filter, undefined).catch(() => undefined);
      if (!page || round !== this.round) return;
      const joins = this.rows.state().count === 0 || page.rows.some((row) => this.rows.get(row.id));
      if (!joins && !this.rows.isHeld()) {
        this.rows.clear();
        this.take(page);
        continue;
      }
      this.hole ||= !joins;
      this.rows.merge(page.rows);
      await this.lookAfterRunning(new Set(page.rows.map((row) => row.id)));
    }
  }

  private async lookAfterRunning(seen: ReadonlySet<string>): Promise<void> {
    const running = this.rows.all().filter((row) => row.outcome === "running" && !seen.has(row.id));
    const rows = await Promise.all(running.slice(0, MOST_LOOKED_AFTER).map((row) => this.source.row(row.id).catch(() => row)));
    this.rows.merge(rows.filter((row) => row !== undefined));
  }

  private take(page: RowsPage): void {
    const again = this.refreshAgain && this.current.phase !== "ready";
    this.rows.older(page.rows);
    this.next = page.next ?? undefined;
    this.set({ phase: "ready", more: Boolean(page.next) && !this.rows.state().full, reading: false });
    // Rows changed while the first page was on its way.
    if (again) void this.refresh();
  }

  private set(state: FeedState): void {
    this.current = state;
    for (const listener of this.listeners) listener();
  }
}
