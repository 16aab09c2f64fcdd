// After the sign-in to a device-bound account: makes the key that the session hangs on, and goes on.

import { makeKey } from './device.js';

const parameters = new URLSearchParams(location.search);
const body = JSON.stringify({ ticket: parameters.get('ticket'), key: await makeKey() });
await fetch('/_/standin/bind', { method: 'POST', body });
location.replace(parameters.get('continue'));
