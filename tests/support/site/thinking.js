// The thinking controls of the chosen model: a level, or a switch and a budget, or nothing.

import { h, attach, older, testId, thinkingOf } from './dom.js';
import { select, slider, toggle } from './fields.js';
import { item, setting } from './rows.js';
import { state } from './store.js';

const row = (title, control) => item(title, {}, control.node);

function levels(words) {
  const control = select({ label: older ? 'Thinking level' : 'Thinking Level', options: () => words }, ...setting('level'));
  return { node: h('ms-thinking-level-setting', {}, row('Thinking level', control)), show: control.show };
}

function budget({ always, least, most }) {
  const label = (words) => (older ? null : words);
  const thinks = toggle({ label: label('Toggle thinking mode'), test: 'enable-thinking' }, ...setting('thinks'));
  const manual = toggle(
    { label: label('Toggle thinking budget between auto and manual'), test: 'manual-budget', disabled: () => !state.settings.thinks },
    ...setting('manualBudget'),
  );
  const amount = slider({ least, most, step: 1, label: 'Thinking budget' }, ...setting('budget'));
  const wrapper = h('div', { 'data-test-id': testId('user-setting-budget-animation-wrapper') }, amount.node);
  const node = h('ms-thinking-budget-setting', {}, always ? null : row('Thinking mode', thinks), row('Set thinking budget', manual));
  return {
    node,
    show() {
      thinks.show();
      manual.show();
      attach(node, wrapper, state.settings.thinks && state.settings.manualBudget);
      amount.show();
    },
  };
}

function controlFor(id) {
  const offer = thinkingOf(id);
  if (offer.levels) return levels(offer.levels);
  if (offer.budget) return budget(offer.budget);
  return null;
}

export function thinkingSettings() {
  const node = h('div', { look: 'group' });
  let model = null;
  let control = null;
  return {
    node,
    show() {
      if (model !== state.model.id) {
        model = state.model.id;
        control = controlFor(model);
        node.replaceChildren(...(control ? [control.node] : []));
      }
      control?.show();
    },
  };
}

const CODES = { Low: 1, Medium: 2, High: 3, Minimal: 4 };

/** What the request says about thinking. */
export function thinkingAsked() {
  const { level, thinks, manualBudget, budget: amount } = state.settings;
  const offer = thinkingOf(state.model.id);
  if (offer.levels) return [1, null, null, CODES[level]];
  if (!offer.budget) return null;
  if (!thinks) return [null, 0];
  return [1, manualBudget ? amount : -1];
}
