/** A part of an answer, as the window's shell sends it (`Piece` in src-tauri/shell/bridge.rs). */
export type Piece =
  | { kind: "head"; status: number; headers: [name: string, value: string][] }
  | { kind: "body"; text: string }
  | { kind: "body"; base64: string }
  | { kind: "end" }
  | { kind: "error"; message: string };

/** What is asked of the shell (`Call` there). */
export type Call =
  | { kind: "open"; id: number; method: string; path: string; body: string | null }
  | { kind: "drop"; id: number };

/** Hands a call to the shell; the pieces of the answer come to `onPiece`. */
export type Carry = (call: Call, onPiece: (piece: Piece) => void) => Promise<unknown>;

let last = 0;
const empty = new Set([101, 204, 205, 304]);
const encoder = new TextEncoder();

/** `fetch` over the shell's one command: the head as soon as it comes, the body as a stream, dropped when aborted. */
export function bridgeFetch(carry: Carry): (path: string, init?: RequestInit) => Promise<Response> {
  return (path, init = {}) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      const { signal } = init;
      let body: ReadableStreamDefaultController<Uint8Array> | undefined;
      let over = false;

      const end = (how?: () => void) => {
        if (over) return;
        over = true;
        signal?.removeEventListener("abort", abort);
        how?.();
      };
      const fail = (error: unknown) =>
        end(() => {
          reject(error);
          body?.error(error);
        });
      const drop = () => void carry({ kind: "drop", id }, () => undefined).catch(() => undefined);
      const abort = () => {
        if (over) return;
        drop();
        fail(signal?.reason);
      };
      const begin = (status: number, headers: [string, string][]) => {
        const stream = new ReadableStream<Uint8Array>({
          start: (controller) => {
            body = controller;
          },
          cancel: () => end(drop),
        });
        resolve(new Response(empty.has(status) ? null : stream, { status, headers }));
      };
      const take = (piece: Piece) => {
        if (over) return;
        if (piece.kind === "head") begin(piece.status, piece.headers);
        else if (piece.kind === "body") body?.enqueue(bytesOf(piece));
        else if (piece.kind === "end") end(() => body?.close());
        else fail(new TypeError(piece.message));
      };

      if (signal?.aborted) return reject(signal.reason);
      signal?.addEventListener("abort", abort);
      const method = init.method ?? "GET";
      const text = typeof init.body === "string" ? init.body : null;
      carry({ kind: "open", id, method, path, body: text }, take).catch((error: unknown) => fail(new TypeError(String(error))));
    });
}

function bytesOf(piece: { text: string } | { base64: string }): Uint8Array {
  if ("text" in piece) return encoder.encode(piece.text);
  return Uint8Array.from(atob(piece.base64), (char) => char.charCodeAt(0));
}
