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
  const header = (line: string) => `-H ${shellWord(line)}`;
  const json = header("content-type: application/json");
  const said = '[{"role":"user","content":"Hello"}]';
  if (auth_type === "anthropic" || domain === "api.anthropic.com") {
    const body = `{"model":"MODEL","max_tokens":256,"messages":${said}}`;
    return `curl ${at}/v1/messages ${header("x-api-key: YOUR-KEY")} ${header("anthropic-version: 2023-06-01")} ${json} -d ${shellWord(body)}`;
  }
  if (auth_type === "google" || domain === "generativelanguage.googleapis.com") {
    const body = '{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}';
    return `curl ${at}/v1beta/models/MODEL:generateContent ${header("x-goog-api-key: YOUR-KEY")} ${json} -d ${shellWord(body)}`;
  }
  return `curl ${at}/v1/chat/completions ${header("authorization: Bearer YOUR-KEY")} ${json} -d ${shellWord(`{"model":"MODEL","messages":${said}}`)}`;
}
