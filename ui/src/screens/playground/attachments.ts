/** A file put into a message. */
export interface Attachment {
  id: string;
  /** `made` is an image of an answer: shown, never sent back. */
  kind: "text" | "image" | "made";
  name: string;
  bytes: number;
  /** The text of a text file, else a data URL. */
  data: string;
}

/** Why a file cannot be put into a message; the words are in the locales. */
export type Refusal = { name: string; why: "tooLarge" | "notText" | "unreadable" };

export const MOST_TEXT_BYTES = 512 * 1024;
export const MOST_IMAGE_BYTES = 8 * 1024 * 1024;

const isImage = (file: File) => /^image\/(png|jpeg|webp|gif|heic|heif)$/.test(file.type);

function dataUrl(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error("The file cannot be read."));
    reader.readAsDataURL(file);
  });
}

async function utf8(file: File): Promise<string | undefined> {
  const bytes = await file.arrayBuffer();
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Reads a file that the user chose: an image as it is, anything else if it is text. */
export async function attach(file: File, id: string): Promise<Attachment | Refusal> {
  const { name, size: bytes } = file;
  const image = isImage(file);
  if (bytes > (image ? MOST_IMAGE_BYTES : MOST_TEXT_BYTES)) return { name, why: "tooLarge" };
  try {
    if (image) return { id, kind: "image", name, bytes, data: await dataUrl(file) };
    const data = await utf8(file);
    return data === undefined ? { name, why: "notText" } : { id, kind: "text", name, bytes, data };
  } catch {
    return { name, why: "unreadable" };
  }
}

/** A fence that nothing in the text closes. */
function fence(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  return "`".repeat(Math.max(3, longest + 1));
}

function block({ name, data }: Attachment): string {
  const marks = fence(data);
  const ending = /\.([A-Za-z0-9+#-]{1,12})$/.exec(name)?.[1]?.toLowerCase() ?? "";
  return `${name}\n${marks}${ending}\n${data.replace(/\n$/, "")}\n${marks}`;
}

/** A message's text with its text files in front of it, each fenced under its name. */
export function inlined(text: string, attachments: readonly Attachment[]): string {
  const files = attachments.filter((attachment) => attachment.kind === "text").map(block);
  return [...files, ...(text === "" ? [] : [text])].join("\n\n");
}
