/** What differs between the console in a browser and the console in the window. Everything else is the same page. */
export interface Host {
  readonly kind: "browser" | "window";
  /** Asks the console, as the standard `fetch` does: `path` begins with `/api`. Bodies are text. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Opens a web address outside of the page. */
  openExternal(url: string): Promise<void>;
  /** The operating system's things, which only the window has. */
  readonly native?: Native;
}

/** What only the window can do. */
export interface Native {
  /** Shows a file or folder of this computer in its file manager. */
  reveal(path: string): Promise<void>;
  /** Hides the window; the tray stays. */
  hide(): Promise<void>;
  /** Ends the program with the server. */
  quit(): Promise<void>;
  /** Calls back when the user closes the window and has not said yet what that is to mean. */
  onCloseAsked(ask: () => void): () => void;
}
