import type { Schemas } from "../../../api/types";

/** A line of the log. */
export type LogLine = Schemas["LogLine"];
/** Which lines are shown: this level and worse, with this text. */
export interface LogFilter {
  level: Schemas["LogLevel"];
  search: string;
}
/** What is known of the log. */
export interface LogState {
  lines: readonly LogLine[];
  folder: string | null;
  reading: boolean;
  trouble: unknown;
}
/** Reads the lines after one, or the last ones. */
export type ReadLog = (after: number | undefined, signal: AbortSignal) => Promise<Schemas["LogPage"]>;

/** Most lines that are read at once; the server gives no more. */
export const AT_ONCE = 2000;
/** Most lines that are held. */
const HELD = 5000;

/** The end of the log, read piece by piece as it grows. One reading at a time; what grows meanwhile is read after it. */
export class LogTail {
  private current: LogState = { lines: [], folder: null, reading: true, trouble: null };
  private readonly watchers = new Set<() => void>();
  private last: number | undefined;
  private busy = false;
  private more = false;
  private readonly stop = new AbortController();

  constructor(private readonly read: ReadLog) {}

  readonly state = (): LogState => this.current;

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  /** Reads what is new. */
  async pull(): Promise<void> {
    if (this.busy) {
      this.more = true;
      return;
    }
    this.busy = true;
    try {
      do {
        this.more = false;
        this.take(this.last, await this.read(this.last, this.stop.signal));
      } while (this.more && !this.stop.signal.aborted);
    } catch (error) {
      if (!this.stop.signal.aborted) this.become({ ...this.current, reading: false, trouble: error });
    } finally {
      this.busy = false;
    }
  }

  /** Reads what is new, if the log has grown to this line. */
  grown(last: number): void {
    if (this.last === undefined || last > this.last) void this.pull();
  }

  /** Ends what is being read; nobody looks any more. */
  end(): void {
    this.stop.abort();
  }

  private take(after: number | undefined, page: Schemas["LogPage"]): void {
    const { lines, last, folder } = page;
    // A program that started anew counts from the beginning.
    if (after !== undefined && last < after) {
      this.last = undefined;
      this.more = true;
      return;
    }
    this.last = last;
    // A full page may have left lines out between what is shown and what is new.
    const joined = after === undefined || lines.length >= AT_ONCE ? lines : [...this.current.lines, ...lines];
    this.become({ lines: joined.slice(-HELD), folder, reading: false, trouble: null });
  }

  private become(next: LogState): void {
    if (this.stop.signal.aborted) return;
    this.current = next;
    for (const watcher of this.watchers) watcher();
  }
}

/** A line as text, for the clipboard. */
export const asText = ({ at_ms, level, target, message }: LogLine): string =>
  `${new Date(at_ms).toISOString()} ${level.toUpperCase().padEnd(5)} ${target}: ${message}`;
