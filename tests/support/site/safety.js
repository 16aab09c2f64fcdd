// The safety settings: one slider for each kind of harm.

import { closeButton, heading } from './dialogs.js';
import { h, layout, text } from './dom.js';
import { openDialog } from './overlay.js';
import { has, item } from './rows.js';
import { state, update } from './store.js';

const KINDS = ['Harassment', 'Hate', 'Sexually Explicit', 'Dangerous Content'];
const LEVELS = ['Off', 'Block none', 'Block few', 'Block some', 'Block most'];
const THRESHOLDS = [5, 4, 3, 2, 1];

let opened = 0;

function row(words, at, stuck) {
  const level = h('span', { class: 'safety-level', look: 'faint' });
  const range = h('input', { type: 'range', min: 0, max: LEVELS.length - 1, step: 1, 'aria-label': words, look: 'range' });
  const show = () => {
    range.value = state.settings.safety[at];
    text(level, LEVELS[state.settings.safety[at]]);
  };
  range.addEventListener('input', () => {
    if (stuck) return show();
    const value = range.valueAsNumber;
    update(() => { state.settings.safety = state.settings.safety.with(at, value); });
    show();
  });
  show();
  return { node: h('div', { class: 'safety-setting', look: 'row' }, h('span', { look: 'label' }, words), range, level), show };
}

function openSafety() {
  opened += 1;
  const rows = KINDS.map((words, at) => row(words, at, opened === layout.safety_stuck));
  const reset = () => {
    update(() => { state.settings.safety = KINDS.map(() => 0); });
    rows.forEach((one) => one.show());
  };
  const top = h('div', { look: 'row header' }, heading('Run safety settings'), closeButton('Close', () => dialog.close()));
  const button = h('button', { 'aria-label': 'Reset defaults', look: 'button', on: { click: reset } }, 'Reset defaults');
  const dialog = openDialog({ label: 'Run safety settings' }, top, ...rows.map((one) => one.node), h('div', { look: 'row end' }, button));
}

export function safetySettings() {
  const button = h('button', { class: 'edit-safety-button', 'aria-label': 'Edit safety settings', look: 'button', on: { click: openSafety } }, 'Edit');
  return { node: item('Safety settings', { class: 'settings-item safety-settings' }, button), present: () => has('safety'), show() {} };
}

/** What the request says about safety. */
export const safetyAsked = () => state.settings.safety.map((level, at) => [null, null, 7 + at, THRESHOLDS[level]]);
