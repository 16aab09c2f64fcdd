// The dialog in which functions and schemas are written: a visual tab, and one with their text.

import { closeButton, heading, action } from './dialogs.js';
import { flag, h, put } from './dom.js';
import { openDialog } from './overlay.js';
import { Fault } from './schema.js';

function tab(words, open) {
  return h('button', { class: 'mdc-tab', role: 'tab', type: 'button', look: 'tab', on: { click: open } }, h('span', { class: 'mdc-tab__text-label' }, words));
}

/**
 * Opens the dialog. `labels` name its text box and its buttons; `keep` takes the text when it is saved and
 * throws a Fault, which is shown, when it is not right.
 */
export function openEditor({ title, labels, hint, text, keep }) {
  const area = h('textarea', { 'aria-label': labels.area, spellcheck: 'false', look: 'area tall mono' });
  area.value = text;
  const fault = h('div', { class: 'error-message', role: 'alert', look: 'error' });
  const panel = h('div', { role: 'tabpanel' });
  area.addEventListener('input', () => fault.remove());
  const tabs = [tab('Visual Editor', () => select(0)), tab('Code Editor', () => select(1))];
  const select = (chosen) => {
    panel.replaceChildren(chosen === 1 ? area : h('p', { look: 'faint' }, hint));
    tabs.forEach((node, at) => {
      put(node, 'aria-selected', String(at === chosen));
      flag(node, 'mdc-tab--active', at === chosen);
    });
  };
  const save = () => {
    try {
      keep(area.value);
      dialog.close();
    } catch (why) {
      if (!(why instanceof Fault)) throw why;
      fault.textContent = why.message;
      panel.after(fault);
    }
  };
  const reset = () => {
    area.value = '';
    fault.remove();
  };
  const button = (words, label, primary, act) => {
    const node = action(words, primary, act);
    put(node, 'aria-label', label);
    return node;
  };
  const buttons = [button('Reset', labels.reset, false, reset), button('Cancel', 'Cancel', false, () => dialog.close()), button('Save', labels.save, true, save)];
  const top = h('div', { look: 'row header' }, heading(title), closeButton('Close', () => dialog.close()));
  select(0);
  const dialog = openDialog({ label: title, look: 'dialog wide' }, top, h('div', { role: 'tablist', look: 'row start' }, ...tabs), panel, h('div', { look: 'row end' }, ...buttons));
}
