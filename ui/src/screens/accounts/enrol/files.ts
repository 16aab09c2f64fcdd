import type { Schemas } from "../../../api/types";

/** What a file is taken for. The house looks into it; this only decides whether a passphrase is asked for. */
export type FileKind = "archive" | "cookies";

/** A file that was chosen for import. */
export interface Chosen {
  file: File;
  kind: FileKind;
  /** Why it is not sent. */
  problem: "empty" | "large" | "twice" | null;
}

const archiveEnding = ".postern-profile";
/** Files of cookies are small; what is larger is something else. */
const mostOfCookies = 8_000_000;
/** Bytes that are sent at once: base64 and the limit of the console leave room for so many. */
export const mostAtOnce = 180_000_000;

const kindOf = (file: File): FileKind => (file.name.toLowerCase().endsWith(archiveEnding) ? "archive" : "cookies");

/** Adds files to those that were chosen before, each with what speaks against it. */
export function choose(before: readonly Chosen[], files: readonly File[]): Chosen[] {
  const all = [...before];
  for (const file of files) {
    const kind = kindOf(file);
    const twice = all.some((one) => one.file.name === file.name && one.file.size === file.size && one.file.lastModified === file.lastModified);
    const large = file.size > (kind === "archive" ? mostAtOnce : mostOfCookies);
    all.push({ file, kind, problem: twice ? "twice" : file.size === 0 ? "empty" : large ? "large" : null });
  }
  return all;
}

/** Those that are sent. */
export const good = (chosen: readonly Chosen[]): Chosen[] => chosen.filter(({ problem }) => problem === null);

/** Their bytes together. */
export const bytesOf = (chosen: readonly Chosen[]): number => good(chosen).reduce((sum, { file }) => sum + file.size, 0);

/** A file as it is sent. */
export async function packed(file: File): Promise<Schemas["ImportFile"]> {
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error(file.name));
    reader.readAsDataURL(file);
  });
  return { name: file.name, content: url.slice(url.indexOf(",") + 1) };
}
