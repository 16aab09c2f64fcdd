/** Saves a file that the page made where the browser, or the window, keeps downloads. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser takes the data when it gets to it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
