// The run settings at the right. On a narrow window they are not in the document at all.

import { attach, h, icon, layout, put, text } from './dom.js';
import { openModelPicker, openSystemInstructions } from './dialogs.js';
import { chips, numberInput, slider } from './fields.js';
import { outputSettings } from './output.js';
import { has, item, section, setting, showPresent } from './rows.js';
import { safetySettings } from './safety.js';
import { state } from './store.js';
import { thinkingSettings } from './thinking.js';
import { tools } from './tools.js';

function modelCard() {
  const title = h('span', { class: 'title', look: 'strong' });
  const id = h('span', { class: 'subtitle', 'data-test-id': 'model-name', look: 'faint' });
  const about = h('span', { class: 'description', look: 'faint small' });
  const card = h('button', { class: 'model-selector-card', look: 'card', on: { click: openModelPicker } }, title, id, about);
  return {
    node: h('ms-model-selector-v3', {}, card),
    show() {
      text(title, state.model.name);
      text(id, state.model.id);
      text(about, state.model.description);
    },
  };
}

function systemCard() {
  const preview = h('span', { class: 'subtitle', look: 'faint' });
  const attributes = { class: 'system-instructions-card', look: 'card', 'aria-label': 'System instructions', 'data-test-system-instructions-card': true };
  const card = h('button', { ...attributes, on: { click: openSystemInstructions } }, h('span', { class: 'title', look: 'strong' }, 'System instructions'), layout.system_preview ? preview : null);
  return {
    node: h('ms-system-instructions-panel', {}, card),
    show: () => text(preview, state.system.slice(0, 60) || 'Optional tone and style instructions for the model'),
  };
}

function temperature() {
  const control = slider({ least: 0, most: 2, step: 0.05, label: 'Temperature' }, ...setting('temperature'));
  return { node: item('Temperature', { test: 'temperatureSliderContainer' }, control.node), show: control.show };
}

function topP() {
  const control = slider({ least: 0, most: 1, step: 0.05, label: 'Top P' }, ...setting('topP'));
  const attributes = { mattooltip: 'Probability threshold for top-p sampling' };
  return { node: item('Top P', attributes, control.node), show: control.show };
}

function outputLength() {
  const control = numberInput({ 'aria-label': 'Maximum output tokens', min: 1, step: 1 }, ...setting('maxTokens'));
  return {
    node: item('Output length', { class: 'settings-item output-length' }, control.node),
    show() {
      put(control.node, 'max', state.model.outputTokens);
      control.show();
    },
  };
}

function stopSequences() {
  const control = chips({ label: 'Add stop token', most: 5 }, ...setting('stop'));
  return { node: item('Add stop sequence', {}, control.node), show: control.show };
}

/** The control, where the layout has it. */
const optional = (piece, control) => ({ ...control, present: () => has(piece) });

function panel() {
  const advanced = [optional('stop', stopSequences()), optional('max_tokens', outputLength()), { ...topP(), present: () => layout.top_p }, safetySettings()];
  const parts = [
    modelCard(),
    optional('system', systemCard()),
    optional('temperature', temperature()),
    optional('thinking', thinkingSettings()),
    ...outputSettings(),
    section({ title: 'Tools', label: 'Expand or collapse tools', preference: 'areToolsOpen', controls: tools() }),
    section({ title: 'Advanced settings', label: 'Expand or collapse advanced settings', preference: 'isAdvancedOpen', controls: advanced }),
  ];
  const list = h('div', { look: 'group' });
  const node = h('ms-run-settings', { look: 'settings' }, h('h2', { look: 'title' }, 'Run settings'), list);
  return { node, show: () => showPresent(list, parts) };
}

/** The settings' place in the page: always there on a wide window, behind a button on a narrow one. */
export function runSettings() {
  const narrow = matchMedia('(max-width: 960px)');
  const settings = panel();
  const node = h('ms-right-side-panel', { look: 'right' });
  let called = false;
  const button = h('button', { class: 'runsettings-toggle-button', 'aria-label': 'Toggle run settings panel', look: 'round' }, icon('tune'));
  const close = h('button', { 'aria-label': 'Close run settings panel', iconname: 'close', look: 'round' }, icon('close'));
  const view = () => {
    attach(node, settings.node, state.model !== null && (called || !narrow.matches));
    attach(settings.node, close, narrow.matches);
    if (state.model) settings.show();
  };
  const call = (on) => () => {
    called = on;
    view();
  };
  button.addEventListener('click', () => call(!called)());
  close.addEventListener('click', call(false));
  narrow.addEventListener('change', call(false));
  return { node, button, narrow, show: view };
}
