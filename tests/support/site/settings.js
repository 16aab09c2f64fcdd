// The run settings at the right. On a narrow window they are not in the document at all.

import { attach, flag, h, icon, layout, put, renamed, text } from './dom.js';
import { openModelPicker, openSystemInstructions } from './dialogs.js';
import { chips, numberInput, slider, toggle } from './fields.js';
import { prefer, state, update } from './store.js';
import { thinkingSettings } from './thinking.js';

const setting = (name) => [() => state.settings[name], (value) => update(() => { state.settings[name] = value; })];

const item = (title, attributes, control) =>
  h('div', { class: 'settings-item', look: 'row', ...attributes }, h('h3', { class: 'item-description-title', look: 'label' }, title), control);

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
  return { node: item('Temperature', { 'data-test-id': 'temperatureSliderContainer' }, control.node), show: control.show };
}

/** A section that opens and closes; what is closed is not in the document. */
function section({ title, label, preference, controls }) {
  const header = h('button', { 'aria-label': label, look: 'plain', on: { click: () => prefer({ [preference]: !state.preferences[preference] }) } });
  const bar = h('div', { class: 'settings-item settings-group-header', look: 'row header' }, h('p', { class: 'group-title', look: 'strong' }, title), header);
  const body = h('div', { class: 'settings-group-content', look: 'group' }, ...controls.map((control) => control.node));
  const node = h('div', { class: 'settings-group', look: 'group' }, bar);
  return {
    node,
    show() {
      const open = state.preferences[preference];
      flag(node, 'expanded', open);
      if (renamed) put(header, 'aria-expanded', String(open));
      header.replaceChildren(icon(open ? 'expand_less' : 'expand_more'));
      attach(node, body, open);
      for (const control of controls) control.show();
    },
  };
}

const TOOLS = [
  ['structuredOutput', 'Structured output', 'structuredOutputTooltip', 'Structured output', 1],
  ['codeExecution', 'Code execution', 'codeExecutionTooltip', 'Code execution', 9],
  ['functions', 'Function calling', 'functionCallingTooltip', 'Function calling', 10],
  ['search', 'Grounding with Google Search', 'searchAsAToolTooltip', 'Grounding with Google Search', 12],
  ['urlContext', 'URL context', 'browseAsAToolTooltip', 'Browse the url context', 13],
];

function tool([name, title, test, label, capability]) {
  const { tools } = state;
  const others = () => tools.search || tools.urlContext || tools.codeExecution;
  const exclusive = name === 'functions' || name === 'structuredOutput';
  const disabled = () => !state.model.capabilities.includes(capability) || (exclusive && others());
  const control = toggle({ label, disabled }, () => tools[name], (on) => update(() => { tools[name] = on; }));
  return { node: item(title, { 'data-test-id': test }, control.node), show: control.show };
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

function panel() {
  const tools = TOOLS.map(tool);
  const advanced = [stopSequences(), outputLength(), ...(layout.top_p ? [topP()] : [])];
  const parts = [
    modelCard(),
    systemCard(),
    temperature(),
    thinkingSettings(),
    section({ title: 'Tools', label: 'Expand or collapse tools', preference: 'areToolsOpen', controls: tools }),
    section({ title: 'Advanced settings', label: 'Expand or collapse advanced settings', preference: 'isAdvancedOpen', controls: advanced }),
  ];
  const node = h('ms-run-settings', { look: 'settings' }, h('h2', { look: 'title' }, 'Run settings'), ...parts.map((part) => part.node));
  return { node, show: () => parts.forEach((part) => part.show()) };
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
