// One exchange: from Run over the request and its frames to the end, however it comes.

import { takeResults } from './calls.js';
import { Frames, read, readError } from './frames.js';
import { toast } from './overlay.js';
import { body } from './request.js';
import { call, now, reportError, RpcError } from './rpc.js';
import { state, update } from './store.js';

let current = null;

/** The site repeats a call in later frames: by its id it is known again, or as the very same one. */
function isNew(call, earlier) {
  const same = (known) => (call[2] ? known[2] === call[2] : JSON.stringify(known) === JSON.stringify(call));
  return !earlier.some(same);
}

function takePart(turn, part, earlier) {
  if (part[10]) {
    if (!isNew(part[10], earlier)) return;
    turn.calls.push(part[10]);
    turn.rawCalls.push(part);
  } else if (part[2]) turn.files.push({ mime: part[2][0], data: part[2][1] });
  else if (part[7]) turn.code.push({ source: part[7][1] });
  else if (part[8]) turn.code.push({ output: part[8][1] });
  else if (part[12]) turn.thoughts += part[1] ?? '';
  else turn.text += part[1] ?? '';
}

function take(turn, frame) {
  const { parts, finish, message, grounding } = read(frame);
  const earlier = [...turn.calls];
  for (const part of parts) takePart(turn, part, earlier);
  if (grounding) turn.grounding = grounding;
  if (finish !== null && finish > 2) turn.error = message ?? 'Content blocked';
}

/** Sends what the page holds and shows what comes back. */
export async function run() {
  const pressed = now();
  const abort = new AbortController();
  const turn = { role: 'model', text: '', thoughts: '', calls: [], rawCalls: [], files: [], code: [], grounding: null, status: 'streaming', error: null };
  const asked = { role: 'user', text: state.prompt, files: state.files, responses: takeResults() };
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
  const turns = state.turns.map(({ role, text, files = [], responses = [] }) => ({ role, text, files, responses }));
  const [id] = JSON.parse(await call('CreatePrompt', [state.chat, turns]));
  if (state.chat === id) return;
  state.chat = id;
  const user = /^\/u\/\d+/.exec(location.pathname)?.[0] ?? '';
  history.pushState(null, '', `${user}/prompts/${id}`);
}
