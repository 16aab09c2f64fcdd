// The page's calls. Each request for an answer carries a token that is made here from its text, for one
// use, while the page is visible.

import { challenge } from './dom.js';

const SERVICE = 'https://alkalimakersuite-pa.clients6.google.com/$rpc/google.internal.alkali.applications.makersuite.v1.MakerSuiteService/';
const ATTESTATION = 'https://waa-pa.clients6.google.com/$rpc/google.internal.waa.v1.Waa/Create';
const visit = challenge ?? crypto.randomUUID();

let seed = null;
let nonce = 0;

export class RpcError extends Error {
  constructor(status, body) {
    super(`Rpc failed with status ${status}`);
    this.status = status;
    this.body = body;
  }
}

function post(url, body, { headers = {}, onText = () => {}, signal } = {}) {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    let seen = 0;
    xhr.open('POST', url);
    xhr.withCredentials = true;
    xhr.setRequestHeader('content-type', 'application/json+protobuf');
    xhr.setRequestHeader('x-goog-api-key', 'AIzaStandin');
    xhr.setRequestHeader('x-goog-authuser', '0');
    xhr.setRequestHeader('x-user-agent', 'grpc-web-javascript/0.1');
    xhr.setRequestHeader('x-aistudio-visit-id', visit);
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    xhr.onreadystatechange = () => {
      if (xhr.readyState < 3 || xhr.status !== 200) return;
      const more = xhr.responseText.slice(seen);
      seen += more.length;
      if (more) onText(more);
    };
    xhr.onload = () => (xhr.status === 200 ? resolve(xhr.responseText) : reject(new RpcError(xhr.status, xhr.responseText)));
    xhr.onerror = () => reject(new RpcError(0, `Rpc failed due to xhr error. uri: ${url}, error code: 6, error:  [0]`));
    xhr.onabort = () => reject(new DOMException('stopped', 'AbortError'));
    signal?.addEventListener('abort', () => xhr.abort());
    xhr.send(JSON.stringify(body));
  });
}

export const call = (method, body, options) => post(SERVICE + method, body, options);

const visible = () =>
  document.visibilityState === 'visible'
    ? Promise.resolve()
    : new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));

/** A token for a request with this text. */
export async function attest(text) {
  await visible();
  seed ??= JSON.parse(await post(ATTESTATION, []))[0];
  nonce += 1;
  const unique = `${nonce}-${crypto.randomUUID()}`;
  const bytes = new TextEncoder().encode(`${seed}.${unique}.${text}`);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const base64 = btoa(String.fromCharCode(...digest)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return `!${seed}.${unique}.${base64}`;
}

export async function listModels() {
  const [rows] = JSON.parse(await call('ListModels', []));
  return rows.map((row) => ({
    id: row[0].replace('models/', ''),
    name: row[3],
    description: row[4],
    outputTokens: row[6],
    methods: row[7],
    temperature: row[8],
    topP: row[9],
    capabilities: row[64] ?? [],
    voices: row[66] ?? [],
    aspectRatios: row[75] ?? [],
    imageSizes: row[76] ?? [],
  }));
}

/** Reports an error of the page, as the site does: the words in the query are not a call. */
export function reportError(message) {
  navigator.sendBeacon(`/_/MakerSuite/jserror?script=main&error=${encodeURIComponent(message)}&line=1&url=MakerSuiteService/GenerateContent`);
}

export const now = () => performance.timeOrigin + performance.now();
