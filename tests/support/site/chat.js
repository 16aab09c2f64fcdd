// One exchange: from Run over the request and its frames to the end, however it comes.

import { Frames, read, readError } from './frames.js';
import { attest, call, now, reportError, RpcError } from './rpc.js';
import { state, update } from './store.js';
import { thinkingAsked } from './thinking.js';
import { toast } from './overlay.js';

let current = null;

const userParts = (turn) => [...(turn.text ? [[null, turn.text]] : []), ...turn.files.map((file) => [null, null, file])];
const modelParts = (turn) => [...(turn.text ? [[null, turn.text]] : []), ...turn.rawCalls];

function contents() {
  return state.turns
    .filter((turn) => turn.role === 'user' || (turn.status !== 'failed' && modelParts(turn).length > 0))
    .map((turn) => [turn.role === 'user' ? userParts(turn) : modelParts(turn), turn.role]);
}

function config() {
  const { settings } = state;
  const slots = Array(18).fill(null);
  slots[1] = settings.stop.length ? settings.stop : null;
  slots[3] = settings.maxTokens;
  slots[4] = settings.temperature;
  slots[5] = settings.topP;
  slots[6] = 64;
  slots[13] = 1;
  slots[16] = thinkingAsked();
  slots[17] = 1;
  return slots;
}

function tools() {
  const { search, urlContext, codeExecution, functions } = state.tools;
  const on = [];
  if (codeExecution) on.push([[]]);
  if (functions) on.push([null, []]);
  if (search) on.push([null, null, null, [null, [[]]]]);
  if (urlContext) on.push([null, null, null, null, null, null, null, []]);
  return on.length ? on : null;
}

async function body() {
  const turns = contents();
  const text = turns.flatMap(([parts]) => parts).map((part) => part[1] ?? '').join('');
  const slots = Array(14).fill(null);
  slots[0] = `models/${state.model.id}`;
  slots[1] = turns;
  slots[2] = [7, 8, 9, 10].map((category) => [null, null, category, 5]);
  slots[3] = config();
  slots[5] = state.system ? [[[null, state.system]], 'user'] : null;
  slots[6] = tools();
  slots[10] = 1;
  slots[13] = [[null, null, Intl.DateTimeFormat().resolvedOptions().timeZone]];
  slots[4] = await attest(text);
  return slots;
}

function take(turn, frame) {
  const { parts, finish, message } = read(frame);
  for (const part of parts) {
    if (part[10]) {
      turn.calls.push(part[10]);
      turn.rawCalls.push(part);
    } else if (part[2]) turn.files.push(part[2]);
    else if (part[12]) turn.thoughts += part[1] ?? '';
    else turn.text += part[1] ?? '';
  }
  if (finish !== null && finish > 2) turn.error = message ?? 'Content blocked';
}

/** Sends what the page holds and shows what comes back. */
export async function run() {
  const pressed = now();
  const abort = new AbortController();
  const turn = { role: 'model', text: '', thoughts: '', calls: [], rawCalls: [], files: [], status: 'streaming', error: null };
  const asked = { role: 'user', text: state.prompt, files: state.files.map((file) => [file.type, file.data]) };
  current = { abort, pressed };
  update(() => {
    state.turns.push(asked);
    Object.assign(state, { prompt: '', files: [], generating: true, callout: null, tokens: 0 });
  });
  try {
    const request = await body();
    update(() => state.turns.push(turn));
    const frames = new Frames();
    const onText = (more) => update(() => frames.push(more).forEach((frame) => take(turn, frame)));
    const note = JSON.stringify({ temporary: state.temporary, pressed, page: location.href });
    await call('GenerateContent', request, { headers: { 'x-standin-note': note }, onText, signal: abort.signal });
    turn.status = 'done';
    await save();
  } catch (why) {
    fail(turn, why);
  }
  update(() => { state.generating = false; });
}

function fail(turn, why) {
  if (why.name === 'AbortError') {
    turn.status = 'stopped';
    return;
  }
  turn.status = 'failed';
  if (!(why instanceof RpcError)) throw why;
  reportError(`${why.message} MakerSuiteService/GenerateContent`);
  explain(turn, why);
}

function explain(turn, why) {
  const { code } = readError(why.body);
  if (code === 8) {
    const { message } = readError(why.body);
    const words = message.includes('rate limit') ? message : 'Failed to generate content: user has exceeded quota. Please try again later.';
    state.callout = words;
    toast('error', words);
  } else if (code === 7) toast('error', 'Failed to generate content: permission denied. Please try again');
  else if (code === 16) toast('error', 'Failed to generate content: you are signed out. Please reload the page.');
  else if (code === 3) toast('error', `Failed to generate content: ${readError(why.body).message}`);
  else if (why.status === 0) toast('warning', 'Failed to generate content: Rpc failed due to xhr error.');
  else toast('error', 'Failed to generate content. Please try again.');
  turn.error = 'An internal error has occurred.';
}

export function stop() {
  if (!current) return;
  navigator.sendBeacon('/_/standin/stop', JSON.stringify([now(), current.pressed]));
  current.abort.abort();
}

/** Saves the chat, which from then on has an address of its own. */
async function save() {
  if (state.temporary || !state.preferences.autosaveEnabled) return;
  const turns = state.turns.map(({ role, text, files = [] }) => ({ role, text, files }));
  const [id] = JSON.parse(await call('CreatePrompt', [state.chat, turns]));
  if (state.chat === id) return;
  state.chat = id;
  const user = /^\/u\/\d+/.exec(location.pathname)?.[0] ?? '';
  history.pushState(null, '', `${user}/prompts/${id}`);
}
