/** One event of a server-sent stream: its data lines joined, and when it came. */
export interface Frame {
  data: string;
  /** Milliseconds since the request was sent. */
  at: number;
}

/**
 * Cuts a server-sent stream into events. Pieces may end anywhere, also within a line end; comments and other fields are
 * skipped.
 */
export class FrameReader {
  private rest = "";
  private data: string[] = [];

  /** The events that end in this piece. */
  push(piece: string): string[] {
    const text = this.rest + piece;
    // A carriage return at the end may be the first half of a line end.
    const whole = text.endsWith("\r") ? text.slice(0, -1) : text;
    const lines = whole.split(/\r\n|\n|\r/);
    this.rest = (lines.pop() ?? "") + text.slice(whole.length);
    const events: string[] = [];
    for (const line of lines) {
      if (line === "") {
        if (this.data.length > 0) events.push(this.data.join("\n"));
        this.data = [];
      } else if (line.startsWith("data:")) {
        this.data.push(line.slice(line[5] === " " ? 6 : 5));
      }
    }
    return events;
  }
}
