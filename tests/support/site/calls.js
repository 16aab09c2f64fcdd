// Calls of functions in the conversation, and the boxes for what the functions gave back.

import { h, icon } from './dom.js';
import { has } from './rows.js';
import { state, update } from './store.js';
import { fromStruct, toStruct } from './struct.js';

/** Whether the turn's calls wait for their results. */
export function waits(turn) {
  return has('result_boxes') && !state.generating && state.turns.at(-1) === turn && turn.status === 'done' && turn.calls?.length > 0;
}

/** The boxes of the last turn, as they are filled. */
function boxes() {
  const turn = state.turns.at(-1);
  return turn && waits(turn) ? turn.calls.map((_, at) => turn.results?.[at] ?? '') : [];
}

/** `none` of the boxes is filled, `some` are, or `all` of them. */
export function filled() {
  const all = boxes();
  const count = all.filter((result) => result.trim() !== '').length;
  if (count === 0) return 'none';
  return count === all.length ? 'all' : 'some';
}

function resultOf(words) {
  try {
    const value = JSON.parse(words);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Words are a result too.
  }
  return { result: words };
}

/** The results that go with the next request. */
export function takeResults() {
  if (filled() !== 'all') return [];
  const { calls, results } = state.turns.at(-1);
  return calls.map(([name, , id], at) => ({ name, id: id ?? null, value: resultOf(results[at]) }));
}

export const resultPart = ({ name, id, value }) => [...Array(11).fill(null), [name, toStruct(value), id]];

function box(turn, at) {
  const area = h('textarea', { 'aria-label': 'Function response', placeholder: 'Enter the function response', look: 'area boxed' });
  area.value = turn.results?.[at] ?? '';
  area.addEventListener('input', () => {
    const { value } = area;
    update(() => { turn.results = turn.calls.map((_, other) => (other === at ? value : turn.results?.[other] ?? '')); });
  });
  return h('div', { class: 'function-response-container' }, area);
}

export function callChunk(turn, at) {
  const [name, values] = turn.calls[at];
  const title = h('mat-panel-title', {}, icon('function'), h('span', {}, name));
  const code = h('ms-code-block', { look: 'code' }, title, h('pre', {}, h('code', {}, JSON.stringify(fromStruct(values), null, 2))));
  return h('ms-prompt-chunk', { look: 'chunk' }, h('ms-function-call-chunk', {}, code, waits(turn) ? box(turn, at) : null));
}

export function resultChunk({ name, value }) {
  const code = h('ms-code-block', { look: 'code' }, h('mat-panel-title', {}, h('span', {}, name)), h('pre', {}, h('code', {}, JSON.stringify(value, null, 2))));
  return h('ms-prompt-chunk', { look: 'chunk' }, h('ms-function-response-chunk', {}, code));
}
