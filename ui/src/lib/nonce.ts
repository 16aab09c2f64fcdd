import { setNonce } from "get-nonce";

/** Tells libraries that add style sheets the nonce under which this page accepts them (the element in index.html). */
export function adoptNonce(): void {
  const nonce = document.querySelector<HTMLStyleElement>("style[nonce]")?.nonce;
  if (nonce) setNonce(nonce);
}
