// What the run settings are laid out with: rows, and sections that open and close.

import { arrange, attach, flag, h, icon, layout, put, renamed, testId } from './dom.js';
import { prefer, state, update } from './store.js';

/** Reads and writes a run setting. */
export const setting = (name) => [() => state.settings[name], (value) => update(() => { state.settings[name] = value; })];

/** Whether the layout has this control. */
export const has = (piece) => !layout.without.includes(piece);

/** A row of the settings; `test` is its test id. */
export function item(title, { test, ...attributes }, ...controls) {
  const known = { class: 'settings-item', look: 'row', 'data-test-id': test ? testId(test) : null, ...attributes };
  return h('div', known, h('h3', { class: 'item-description-title', look: 'label' }, title), ...controls);
}

/** Shows those of the controls in the node that are `present`; one that says nothing about it always is. */
export function showPresent(node, controls) {
  const present = controls.filter((control) => control.present?.() ?? true);
  arrange(node, present.map((control) => control.node));
  for (const control of present) control.show();
}

/** A section that opens and closes; what is closed is not in the document. */
export function section({ title, label, preference, controls }) {
  const header = h('button', { 'aria-label': label, look: 'plain', on: { click: () => prefer({ [preference]: !state.preferences[preference] }) } });
  const bar = h('div', { class: 'settings-item settings-group-header', look: 'row header' }, h('p', { class: 'group-title', look: 'strong' }, title), header);
  const body = h('div', { class: 'settings-group-content', look: 'group' });
  const node = h('div', { class: 'settings-group', look: 'group' }, bar);
  return {
    node,
    show() {
      const open = state.preferences[preference];
      flag(node, 'expanded', open);
      if (renamed) put(header, 'aria-expanded', String(open));
      header.replaceChildren(icon(open ? 'expand_less' : 'expand_more'));
      attach(node, body, open);
      showPresent(body, controls);
    },
  };
}
