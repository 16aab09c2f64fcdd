import type { Schemas } from "../../api/types";
import { shellWord } from "../../lib/curl";

/** What the path proxy lets through. */
export type ProxyView = Schemas["ProxyView"];
/** A server that may be reached. */
export type Domain = Schemas["ProxyDomain"];
/** How a server wants its credential. */
export type Auth = Schemas["AuthType"];

/** The ways to show a credential, in the order in which they are offered. */
export const auths: readonly Auth[] = ["auto", "openai", "anthropic", "google", "azure", "off"];

/** The address of this server without its `/v1`. */
const root = (base: string) => base.replace(/\/v1$/, "");

/** Where a client reaches the server in its stead: the same address with this server's before it. */
export const through = (base: string, domain: string): string => `${root(base)}/${domain.replace(/^\*\./, "NAME.")}`;

/** A first request to the server, as the credential is shown there. */
export function sample(base: string, { domain, auth_type }: Pick<Domain, "domain" | "auth_type">): string {
  const at = through(base, domain);
  const said = '[{"role":"user","content":"Hello"}]';
  const ask = (path: string, headers: readonly string[], body: string) =>
    [`curl ${at}${path}`, ...[...headers, "content-type: application/json"].map((line) => `-H ${shellWord(line)}`), `-d ${shellWord(body)}`].join(" \\\n  ");
  if (auth_type === "anthropic" || domain === "api.anthropic.com") {
    const headers = ["x-api-key: YOUR-KEY", "anthropic-version: 2023-06-01"];
    return ask("/v1/messages", headers, `{"model":"MODEL","max_tokens":256,"messages":${said}}`);
  }
  if (auth_type === "google" || domain === "generativelanguage.googleapis.com") {
    return ask("/v1beta/models/MODEL:generateContent", ["x-goog-api-key: YOUR-KEY"], '{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}');
  }
  return ask("/v1/chat/completions", ["authorization: Bearer YOUR-KEY"], `{"model":"MODEL","messages":${said}}`);
}
