import { useEffect, useState } from "react";

import { useLatest } from "../../../lib/hooks";

/** Takes files that are dropped anywhere on the page. Whether some hang above it now. */
export function useFileDrop(onFiles: (files: File[]) => void): boolean {
  const latest = useLatest(onFiles);
  const [above, setAbove] = useState(false);
  useEffect(() => {
    // Entering a child is told before leaving its parent, so the two are counted.
    let depth = 0;
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const on = (name: "dragenter" | "dragover" | "dragleave" | "drop", hear: (event: DragEvent) => void) => {
      const listener = (event: DragEvent) => {
        if (!holdsFiles(event)) return;
        // Without this the browser would leave the page for the file.
        event.preventDefault();
        hear(event);
      };
      window.addEventListener(name, listener);
      return () => window.removeEventListener(name, listener);
    };
    const move = (by: number) => {
      depth = Math.max(0, depth + by);
      setAbove(depth > 0);
    };
    const ends = [
      on("dragenter", () => move(1)),
      on("dragleave", () => move(-1)),
      on("dragover", () => undefined),
      on("drop", (event) => {
        move(-depth);
        const files = [...(event.dataTransfer?.files ?? [])];
        if (files.length > 0) latest.current(files);
      }),
    ];
    return () => ends.forEach((end) => end());
  }, [latest]);
  return above;
}
