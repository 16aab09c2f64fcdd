// The key of a device-bound session. Its private half lies in this browser's profile, where no script, and
// nobody who copies cookies, gets it out.

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' };

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function open() {
  const request = indexedDB.open('device-bound-session', 1);
  request.onupgradeneeded = () => request.result.createObjectStore('keys');
  return done(request);
}

const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));

/** Makes the key and gives its public half. */
export async function makeKey() {
  const pair = await crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);
  const database = await open();
  // Strict: the browser may be ended the moment after.
  const transaction = database.transaction('keys', 'readwrite', { durability: 'strict' });
  const written = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onerror = () => reject(transaction.error);
  });
  transaction.objectStore('keys').put(pair.privateKey, 'session');
  await written;
  database.close();
  return base64(await crypto.subtle.exportKey('raw', pair.publicKey));
}

/** The signature of a challenge; nothing where the key is not. */
async function sign(challenge) {
  const database = await open();
  const key = await done(database.transaction('keys').objectStore('keys').get('session'));
  database.close();
  if (!key) return '';
  return base64(await crypto.subtle.sign(SIGNATURE, key, new TextEncoder().encode(challenge)));
}

/** Answers the challenge; whether the site is satisfied. If it is not, the page is on its way to the sign-in. */
export async function proveDevice(challenge) {
  const body = JSON.stringify({ challenge, signature: await sign(challenge) });
  const answer = await fetch('/_/standin/proof', { method: 'POST', body });
  const { next } = await answer.json();
  if (next) location.replace(`${next}&continue=${encodeURIComponent(location.href)}`);
  return !next;
}
