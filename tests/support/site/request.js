// The request for an answer, as the page makes it from its state.

import { resultPart } from './calls.js';
import { askForOutput } from './output.js';
import { attest } from './rpc.js';
import { safetyAsked } from './safety.js';
import { functionOnWire, schemaOnWire } from './schema.js';
import { state } from './store.js';
import { thinkingAsked } from './thinking.js';
import { filePart } from './uploads.js';

const textPart = (turn) => (turn.text ? [[null, turn.text]] : []);
const userParts = (turn) => [...(turn.responses ?? []).map(resultPart), ...textPart(turn), ...turn.files.map(filePart)];
const madeParts = (turn) => (turn.files ?? []).map(({ mime, data }) => [null, null, [mime, data]]);
const modelParts = (turn) => [...textPart(turn), ...madeParts(turn), ...turn.rawCalls];

function contents() {
  return state.turns
    .filter((turn) => turn.role === 'user' || (turn.status !== 'failed' && modelParts(turn).length > 0))
    .map((turn) => [turn.role === 'user' ? userParts(turn) : modelParts(turn), turn.role]);
}

function config() {
  const { settings, tools, schema } = state;
  const slots = Array(18).fill(null);
  slots[1] = settings.stop.length ? settings.stop : null;
  slots[3] = settings.maxTokens;
  slots[4] = settings.temperature;
  slots[5] = settings.topP;
  slots[6] = 64;
  slots[13] = 1;
  slots[16] = thinkingAsked();
  if (tools.structuredOutput) {
    slots[7] = 'application/json';
    slots[8] = schema.value && schemaOnWire(schema.value);
  }
  askForOutput(slots);
  return Array.from(slots, (slot) => slot ?? null);
}

function tools() {
  const { search, urlContext, codeExecution, maps, functions } = state.tools;
  const on = [];
  if (codeExecution) on.push([[]]);
  if (functions) on.push([null, state.functions.value.map(functionOnWire)]);
  if (search) on.push([null, null, null, [null, [[]]]]);
  if (urlContext) on.push([...Array(7).fill(null), []]);
  if (maps) on.push([...Array(10).fill(null), []]);
  return on.length ? on : null;
}

/** The body of the request. */
export async function body() {
  const turns = contents();
  const text = turns.flatMap(([parts]) => parts).map((part) => part[1] ?? '').join('');
  const slots = Array(14).fill(null);
  slots[0] = `models/${state.model.id}`;
  slots[1] = turns;
  slots[2] = safetyAsked();
  slots[3] = config();
  slots[5] = state.system ? [[[null, state.system]], 'user'] : null;
  slots[6] = tools();
  slots[10] = 1;
  slots[13] = [[null, null, Intl.DateTimeFormat().resolvedOptions().timeZone]];
  slots[4] = await attest(text);
  return slots;
}
