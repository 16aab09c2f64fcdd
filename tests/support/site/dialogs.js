// Dialogs: the model picker, the system instructions, and what greets the user at the start.

import { h, icon, layout } from './dom.js';
import { openDialog } from './overlay.js';
import { chooseModel, prefer, state, update } from './store.js';

export const heading = (words) => h('h2', { class: 'mat-mdc-dialog-title', look: 'title' }, words);

export function closeButton(label, close) {
  return h('button', { 'data-test-close-button': true, 'aria-label': label, iconname: 'close', look: 'round', on: { click: close } }, icon('close'));
}

export function action(words, primary, act) {
  const kind = primary ? 'ms-button-primary' : 'ms-button-borderless';
  return h('button', { class: kind, look: primary ? 'button primary' : 'button', on: { click: act } }, words);
}

export function openModelPicker() {
  const chat = state.models.filter((model) => model.methods.includes('generateContent') && model.capabilities.includes(1));
  let dialog = null;
  const row = (model) => {
    const choose = () => {
      chooseModel(model);
      dialog.close();
    };
    const title = h('span', { class: 'model-title-text', look: 'strong' }, model.name);
    const id = h('span', { class: 'model-subtitle', look: 'faint' }, model.id);
    return h('ms-model-carousel-row', {}, h('button', { class: 'content-button', look: 'card', on: { click: choose } }, title, id));
  };
  const rows = h('div', { class: 'model-options-container', look: 'group scroll' });
  const list = (wanted) => rows.replaceChildren(...chat.filter(wanted).map(row));
  const filter = (words, wanted) => h('button', { 'data-test-category-button': words, look: 'button', on: { click: () => list(wanted) } }, words);
  const filters = h('div', { look: 'row' }, filter('All', () => true), filter('Gemini 3', (model) => model.id.includes('gemini-3')));
  list(() => true);
  dialog = openDialog({ label: 'Select a model', look: 'dialog wide' }, closeButton('Close', () => dialog.close()), heading('Select a model'), filters, rows);
}

export function openSystemInstructions() {
  const area = h('textarea', { 'aria-label': 'System instructions', placeholder: 'Optional tone and style instructions for the model', look: 'area tall' });
  area.value = state.system;
  area.addEventListener('input', () => {
    const { value } = area;
    update(() => { state.system = value; });
  });
  const close = closeButton('Close panel', () => dialog.close());
  const body = h('ms-system-instructions', { look: 'group' }, h('div', { look: 'row header' }, heading('System instructions'), close), area);
  const dialog = openDialog({ label: 'System instructions', paneClass: 'ms-sliding-right-panel-dialog', look: 'dialog sliding' }, body);
  setTimeout(() => area.focus(), 0);
}

/** Asks whether the chat may be thrown away. */
export function askToDiscard(discard) {
  const dialog = openDialog(
    { label: 'Discard chat' },
    heading('Discard this chat?'),
    h('p', {}, 'It has not been saved. If you continue, it is lost.'),
    h('div', { look: 'row end' }, action('Cancel', false, () => dialog.close()), action('Discard and continue', true, () => {
      dialog.close();
      discard();
    })),
  );
}

export function greet() {
  if (layout.dialogs) {
    askAboutAutosave();
    welcome();
    cookieBar();
  }
  if (layout.clutter) clutter();
}

function welcome() {
  const dialog = openDialog(
    { label: 'Welcome', dismissible: false },
    heading('Welcome to AI Studio'),
    h('p', {}, 'The quickest way to build with the latest models.'),
    h('div', { look: 'row end' }, action('Got it', true, () => dialog.close())),
  );
}

function askAboutAutosave() {
  const choose = (on) => () => {
    prefer({ autosaveEnabled: on });
    dialog.close();
  };
  const body = h('ms-autosave-enabled-by-default-dialog', {}, heading('Save your chats to Google Drive?'), h('p', {}, 'Autosave is on by default.'));
  body.append(h('div', { look: 'row end' }, action("Don't save", false, choose(false)), action('Save', true, choose(true))));
  const dialog = openDialog({ label: 'Autosave', dismissible: false }, body);
}

function cookieBar() {
  const accept = h('button', { class: 'glue-cookie-notification-bar__accept', look: 'button', on: { click: () => bar.remove() } }, 'OK, got it');
  const bar = h('div', { class: 'glue-cookie-notification-bar', role: 'region', 'aria-label': 'Cookies', look: 'cookies' }, 'This site uses cookies.', accept);
  document.body.append(bar);
}

function clutter() {
  document.body.append(
    h('iframe', { id: 'google-hats-survey-1', title: 'Survey', srcdoc: '<p>How satisfied are you?</p>', look: 'survey' }),
    h('div', { class: 'mdc-tooltip mat-mdc-tooltip', role: 'tooltip', look: 'tooltip' }, 'Run prompt (Ctrl + Enter)'),
  );
}
