import i18next from "i18next";

import { host } from "../../host";
import { copyText } from "../../lib/clipboard";
import { notify } from "../../parts/toast";
import { type RequestRow, toLines } from "./filter";

/** Gives the rows away as lines of JSON: a file in a browser; the window, which saves no files, copies them. */
export async function exportRows(rows: readonly RequestRow[]): Promise<void> {
  const text = toLines(rows);
  try {
    if (host.kind === "browser") download(text, `postern-requests-${new Date().toISOString().slice(0, 10)}.ndjson`);
    else await copyText(text);
    const how = host.kind === "browser" ? "saved" : "copied";
    notify.done(i18next.t(`requests.export.${how}`, { count: rows.length }));
  } catch (error) {
    notify.problem(i18next.t("requests.export.failed"), error);
  }
}

function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/x-ndjson" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser takes the data when it gets to it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
