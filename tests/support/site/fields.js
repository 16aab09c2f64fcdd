// The controls that run settings are made of.

import { h, put, text } from './dom.js';
import { openList } from './overlay.js';

const clamp = (value, least, most) => Math.min(most, Math.max(least, value));

/**
 * A number box that keeps its value within limits. What is typed counts at once; what is shown is put
 * right when it is out of range, and in any case when the box is left.
 */
export function numberInput(attributes, read, write) {
  const limits = () => [Number(input.min), Number(input.max)];
  const input = h('input', { type: 'number', look: 'number', ...attributes });
  const commit = (settle) => {
    if (input.value.trim() === '' || !Number.isFinite(input.valueAsNumber)) {
      if (settle) input.value = read();
      return;
    }
    const value = clamp(input.valueAsNumber, ...limits());
    write(value);
    if (settle || value !== input.valueAsNumber) input.value = value;
  };
  input.addEventListener('input', () => commit(false));
  input.addEventListener('change', () => commit(true));
  input.addEventListener('blur', () => commit(true));
  const show = () => {
    if (document.activeElement !== input && input.value !== String(read())) input.value = read();
  };
  return { node: input, show };
}

/** A slider with its number box. */
export function slider({ least, most, step, label }, read, write) {
  const range = h('input', { type: 'range', min: least, max: most, step, 'aria-label': label, look: 'range' });
  range.addEventListener('input', () => write(range.valueAsNumber));
  const attributes = { class: 'slider-number-input', min: least, max: most, step, 'aria-valuemin': least, 'aria-valuemax': most, 'aria-label': label };
  const number = numberInput(attributes, read, write);
  const node = h('ms-slider', { look: 'slider' }, range, number.node);
  return {
    node,
    show() {
      range.value = read();
      number.show();
    },
  };
}

/** An on/off switch. `label` is left out by the older page. */
export function toggle({ label, test, class: kind = '', disabled = () => false }, read, write) {
  const knob = h('span', { class: 'mdc-switch__handle', look: 'knob' });
  const button = h('button', { class: 'mdc-switch', role: 'switch', type: 'button', 'aria-label': label, look: 'switch' }, knob);
  button.addEventListener('click', () => write(!read()));
  const node = h('mat-slide-toggle', { class: `mat-mdc-slide-toggle ${kind}`, 'data-test-toggle': test }, button);
  return {
    node,
    show() {
      put(button, 'aria-checked', String(read()));
      put(button, 'disabled', disabled());
    },
  };
}

/** A drop-down list. */
export function select({ label, options }, read, write) {
  const line = h('span', { class: 'mat-mdc-select-min-line' });
  const value = h('div', { class: 'mat-mdc-select-value' }, h('span', { class: 'mat-mdc-select-value-text' }, line));
  const node = h('mat-select', { class: 'mat-mdc-select', role: 'combobox', tabindex: 0, 'aria-label': label, 'aria-haspopup': 'listbox', 'aria-expanded': 'false', look: 'select' }, value);
  node.addEventListener('click', () => openList(node, label, options(), read(), write));
  return { node, show: () => text(line, read() ?? '') };
}

/** Words as chips, added with Enter and taken away with their own button. */
export function chips({ label, most }, read, write) {
  const grid = h('mat-chip-grid', { class: 'mat-mdc-chip-set', look: 'chips' });
  const input = h('input', { id: 'chip-input', 'aria-label': label, placeholder: 'Add stop...', look: 'text' });
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    const word = input.value;
    if (!word || read().length >= most || read().includes(word)) return;
    write([...read(), word]);
    input.value = '';
  });
  const chip = (word) => {
    const remove = h('button', { class: 'remove-button', 'aria-label': `Remove ${word}`, look: 'plain', on: { click: () => write(read().filter((other) => other !== word)) } }, '\u00d7');
    return h('mat-chip', { class: 'mat-mdc-chip', look: 'chip' }, h('span', { class: 'mdc-evolution-chip__text-label' }, word), remove);
  };
  let shown = null;
  return {
    node: h('ms-stop-sequence-input', {}, grid, input),
    show() {
      if (shown === read()) return;
      shown = read();
      grid.replaceChildren(...shown.map(chip));
    },
  };
}
