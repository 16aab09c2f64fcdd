// The prompt box and its Run button. What is run is the page's own copy of the text, kept from `input`
// events, never the text area's value of the moment.

import { filled } from './calls.js';
import { run, stop } from './chat.js';
import { attach, flag, h, layout, older, put, text } from './dom.js';
import { has } from './rows.js';
import { call } from './rpc.js';
import { isEmptyChat, state, update } from './store.js';
import { addMedia, mediaRow, uploading } from './uploads.js';

const TALLEST = 220;

function ready() {
  if (state.generating || state.model === null || uploading() || filled() === 'some') return false;
  return filled() === 'all' || state.prompt.trim() !== '' || state.files.length > 0;
}

function runButton() {
  const label = h('span', { class: 'label' });
  const spinner = h('svg', { viewBox: '0 0 24 24', look: 'spinner' }, h('circle', { class: 'stoppable-spinner', cx: 12, cy: 12, r: 9 }));
  const shortcut = h('span', { class: 'secondary-key', look: 'faint small' }, 'Ctrl \u23ce');
  const button = h('button', { look: 'button primary run' }, label);
  button.addEventListener('click', (event) => {
    event.preventDefault();
    if (state.generating) stop();
    else if (ready()) run();
  });
  const show = () => {
    const { generating } = state;
    text(label, generating ? 'Stop' : 'Run');
    put(button, 'type', generating && !older ? 'button' : 'submit');
    put(button, 'aria-label', generating && !older ? 'Stop generating' : 'Run');
    put(button, 'disabled', !generating && !ready());
    put(button, 'aria-disabled', String(!generating && !ready()));
    flag(button, 'ms-button-primary', true);
    flag(button, 'run-button', older);
    flag(button, 'ctrl-enter-submits', !generating);
    if (older && generating) button.prepend(spinner);
    else spinner.remove();
    attach(button, shortcut, !generating);
  };
  return { node: h('ms-run-button', {}, button), show };
}

function textArea() {
  const label = older ? 'Type something or tab to choose an example prompt' : 'Enter a prompt';
  const area = h('textarea', {
    class: older ? 'textarea' : 'prompt-textarea',
    'aria-label': label,
    placeholder: 'Start typing a prompt',
    formcontrolname: 'promptText',
    rows: 1,
    look: 'area',
  });
  const mirror = h('ms-autosize-textarea', { look: 'grow' }, area);
  area.addEventListener('input', () => {
    const { value } = area;
    update(() => { state.prompt = value; });
    countTokens();
  });
  area.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (ready()) run();
  });
  let shown = '';
  const show = () => {
    if (shown === state.prompt) return;
    shown = state.prompt;
    if (area.value !== shown) area.value = shown;
    put(mirror, 'data-value', shown);
    area.style.height = 'auto';
    area.style.height = `${Math.min(area.scrollHeight, TALLEST)}px`;
  };
  return { node: mirror, show };
}

let counting = null;

/** Asks for the number of tokens once typing has paused. */
function countTokens() {
  clearTimeout(counting);
  counting = setTimeout(async () => {
    const { prompt } = state;
    const [tokens] = JSON.parse(await call('CountTokens', [`models/${state.model.id}`, [[[[null, prompt]], 'user']]]));
    if (state.prompt === prompt) update(() => { state.tokens = tokens; });
  }, 250);
}

export function promptBox() {
  const area = textArea();
  const button = runButton();
  const media = mediaRow();
  const wrapper = h('div', { class: 'text-wrapper', look: 'grow' });
  if (!layout.broken) wrapper.append(older ? h('ms-chunk-input', { look: 'grow' }, area.node) : area.node);
  const line = h('div', { look: 'prompt-line' }, has('attach') ? addMedia() : null, wrapper, button.node);
  const box = older
    ? h('ms-prompt-input-wrapper', {}, h('div', { class: 'prompt-input-wrapper', look: 'prompt' }, media.node, line))
    : h('ms-prompt-box', {}, h('div', { class: 'prompt-box-container', look: 'prompt' }, media.node, line));
  const node = h('footer', { look: 'footer' }, box);
  return {
    node,
    show() {
      area.show();
      button.show();
      media.show();
      put(node, 'data-zero-state', isEmptyChat());
    },
  };
}
