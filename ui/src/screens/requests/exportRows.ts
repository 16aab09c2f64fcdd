import i18next from "i18next";

import { host } from "../../host";
import { copyText } from "../../lib/clipboard";
import { saveFile } from "../../lib/save";
import { notify } from "../../parts/toast";
import { type RequestRow, toLines } from "./filter";

/** Gives the rows away as lines of JSON: a file in a browser; the window, which saves no files, copies them. */
export async function exportRows(rows: readonly RequestRow[]): Promise<void> {
  const text = toLines(rows);
  try {
    const type = "application/x-ndjson";
    if (host.kind === "browser") saveFile(new Blob([text], { type }), `postern-requests-${new Date().toISOString().slice(0, 10)}.ndjson`);
    else await copyText(text);
    const how = host.kind === "browser" ? "saved" : "copied";
    notify.done(i18next.t(`requests.export.${how}`, { count: rows.length }));
  } catch (error) {
    notify.problem(i18next.t("requests.export.failed"), error);
  }
}
