/** What the list needs to know of a row; everything else is the page's business. */
export interface Listed {
  id: string;
  at_ms: number;
}

/** What the list can say about itself; a new object only when something of it changed. */
export interface RowsState {
  /** Counts every visible change, so that a reader knows when to look again. */
  version: number;
  /** How many rows are shown. */
  count: number;
  /** How many rows arrived while the list stood still. */
  waiting: number;
  /** Whether rows were dropped, or not read, because the list is full. */
  full: boolean;
}

/** Rows kept in memory at most; older ones are reached with a filter. */
export const MOST_ROWS = 20_000;

/**
 * The rows of the list, outside React: newest first to the reader, oldest first in memory, so that a new row is an
 * append. A known row is replaced in place, never sorted again. While the list is held, rows it does not know yet wait
 * aside, and known ones still change.
 */
export class Rows<R extends Listed> {
  private rows: R[] = [];
  /** Row id to its place plus `shift`; a change at the old end moves `shift` instead of every place. */
  private places = new Map<string, number>();
  private shift = 0;
  private waiting = new Map<string, R>();
  private held = false;
  private full = false;
  private listeners = new Set<() => void>();
  private current: RowsState = { version: 0, count: 0, waiting: 0, full: false };

  constructor(
    private readonly matches: (row: R) => boolean = () => true,
    private readonly most = MOST_ROWS,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly state = (): RowsState => this.current;

  /** The row at a place of the list, 0 being the newest. */
  at(index: number): R | undefined {
    return this.rows[this.rows.length - 1 - index];
  }

  get(id: string): R | undefined {
    const place = this.places.get(id);
    return place === undefined ? this.waiting.get(id) : this.rows[place - this.shift];
  }

  /** Where a row is in the list, or -1. */
  indexOf(id: string): number {
    const place = this.places.get(id);
    return place === undefined ? -1 : this.rows.length - 1 - (place - this.shift);
  }

  /** All rows, newest first. */
  all(): R[] {
    return this.rows.toReversed();
  }

  /** Rows as they are now, in any order: what the event stream tells. */
  merge(batch: readonly R[]): void {
    let changed = false;
    let gone = false;
    for (const row of batch) {
      const known = this.places.get(row.id);
      if (!this.matches(row)) {
        if (known !== undefined) {
          this.places.delete(row.id);
          gone = true;
        }
        changed = this.waiting.delete(row.id) || known !== undefined || changed;
      } else if (known !== undefined) {
        this.rows[known - this.shift] = row;
        changed = true;
      } else if (this.held) {
        this.waiting.set(row.id, row);
        changed = true;
      } else {
        this.insert(row);
        changed = true;
      }
    }
    if (gone) this.sweep();
    this.trimWaiting();
    this.trim();
    if (changed) this.tell();
  }

  /** A page of older rows. Returns how many were taken; fewer than given when the list is full. */
  older(page: readonly R[]): number {
    const room = Math.max(0, this.most - this.rows.length);
    const fresh = page.filter((row) => !this.places.has(row.id) && !this.waiting.has(row.id) && this.matches(row));
    const taken = fresh.toSorted((one, other) => (before(one, other) ? 1 : -1)).slice(0, room);
    if (taken.length < fresh.length) this.full = true;
    const first = this.rows[0];
    const last = taken[0];
    if (first && last && before(first, last)) for (const row of taken) this.insert(row);
    else this.prepend(taken.toReversed());
    this.tell();
    return taken.length;
  }

  /** Holds the list still, or lets it run and shows what waited. */
  hold(held: boolean): void {
    if (held === this.held) return;
    this.held = held;
    if (!held) this.release();
  }

  isHeld(): boolean {
    return this.held;
  }

  /** Shows what waited and stays as it is. */
  release(): void {
    const rows = [...this.waiting.values()];
    this.waiting.clear();
    for (const row of rows) this.insert(row);
    this.trim();
    this.tell();
  }

  /** Forgets everything. */
  clear(): void {
    this.rows = [];
    this.places.clear();
    this.waiting.clear();
    this.shift = 0;
    this.full = false;
    this.tell();
  }

  private insert(row: R): void {
    const oldest = this.rows[0];
    // What a full list dropped does not come back because it changed.
    if (this.full && oldest && before(row, oldest)) return;
    let place = this.rows.length;
    // Rows come nearly in order: the walk is rarely longer than a step or two.
    for (let older = this.rows[place - 1]; older && before(row, older); older = this.rows[place - 1]) place -= 1;
    if (place === this.rows.length) {
      this.places.set(row.id, place + this.shift);
      this.rows.push(row);
      return;
    }
    this.rows.splice(place, 0, row);
    this.number(place);
  }

  private prepend(rows: readonly R[]): void {
    this.rows = [...rows, ...this.rows];
    this.shift -= rows.length;
    rows.forEach((row, index) => this.places.set(row.id, index + this.shift));
  }

  /** Takes out the rows that lost their place. */
  private sweep(): void {
    this.rows = this.rows.filter((row) => this.places.has(row.id));
    this.number(0);
  }

  private number(from: number): void {
    for (let index = from; index < this.rows.length; index += 1) {
      const row = this.rows[index];
      if (row) this.places.set(row.id, index + this.shift);
    }
  }

  /** Drops the oldest rows over the limit, a few hundred at once, so that a full list does not copy itself per row. */
  private trim(): void {
    const slack = Math.min(500, Math.ceil(this.most / 10));
    if (this.rows.length <= this.most + slack) return;
    const dropped = this.rows.splice(0, this.rows.length - this.most);
    for (const row of dropped) this.places.delete(row.id);
    this.shift += dropped.length;
    this.full = true;
  }

  private trimWaiting(): void {
    for (const id of this.waiting.keys()) {
      if (this.waiting.size <= this.most) return;
      this.waiting.delete(id);
      this.full = true;
    }
  }

  private tell(): void {
    const { version } = this.current;
    this.current = {
      version: version + 1,
      count: this.rows.length,
      waiting: this.waiting.size,
      full: this.full,
    };
    for (const listener of this.listeners) listener();
  }
}

function before(one: Listed, other: Listed): boolean {
  return one.at_ms < other.at_ms || (one.at_ms === other.at_ms && one.id < other.id);
}
