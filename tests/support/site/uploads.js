// Files that go with the prompt: chosen, agreed to once, brought to the site, and shown as chips.

import { action, heading } from './dialogs.js';
import { h, icon, layout } from './dom.js';
import { openDialog, openMenu, toast } from './overlay.js';
import { prefer, state, update } from './store.js';

const TAKEN = /^(image|audio|video|text)\/|^application\/(pdf|json|xml|rtf)$/;
const INLINE_MOST = 4 << 20;

/** Asks once whether the person may upload what they upload. */
function acknowledged() {
  if (!layout.consent || state.preferences.fileCopyrightAcknowledged) return Promise.resolve(true);
  return new Promise((resolve) => {
    const agree = action('Acknowledge', true, () => {
      prefer({ fileCopyrightAcknowledged: true });
      resolve(true);
      dialog.close();
    });
    agree.setAttribute('aria-label', 'Acknowledge copyright');
    const cancel = action('Cancel', false, () => dialog.close());
    const words = h('p', {}, 'Make sure that you own the rights to what you upload.');
    const dialog = openDialog({ label: 'Copyright acknowledgement', onClose: () => resolve(false) }, heading('Before you upload'), words, h('div', { look: 'row end' }, cancel, agree));
  });
}

const base64 = (file) => new Promise((resolve) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(',') + 1));
  reader.readAsDataURL(file);
});

/** Why the site does not take the file; nothing when it does. */
function refusal(file, mime) {
  if (!TAKEN.test(mime)) return `unsupported file type ${mime}.`;
  if (file.size > layout.largest_file) return `the file is larger than ${layout.largest_file / (1 << 20)} MB.`;
  return null;
}

async function upload(file) {
  const mime = file.type || 'application/octet-stream';
  const why = refusal(file, mime);
  if (why) {
    toast('error', `Failed to upload ${file.name}: ${why}`);
    return;
  }
  const entry = { name: file.name, mime, id: null, data: null };
  update(() => state.files.push(entry));
  try {
    const parameters = new URLSearchParams({ name: file.name, type: mime });
    const reply = await fetch(`/_/standin/upload?${parameters}`, { method: 'POST', body: file });
    if (!reply.ok) throw new TypeError(`status ${reply.status}`);
    const { id } = await reply.json();
    const data = file.size <= INLINE_MOST ? await base64(file) : null;
    update(() => Object.assign(entry, { id, data }));
  } catch (problem) {
    if (!(problem instanceof TypeError)) throw problem;
    drop(entry);
    toast('error', `Failed to upload ${file.name}. Please try again.`);
  }
}

const drop = (entry) => update(() => { state.files = state.files.filter((other) => other !== entry); });

async function takeFiles(files) {
  const list = [...files];
  if (await acknowledged()) list.forEach(upload);
}

export const uploading = () => state.files.some((file) => file.id === null);

/** A file of the user as a part of the request: in a temporary chat a small one goes itself. */
export const filePart = ({ mime, id, data }) => (state.temporary && data ? [null, null, [mime, data]] : [null, null, null, null, null, [id]]);

export function addMedia() {
  const button = h('button', { 'data-test-id': 'add-media-button', 'aria-label': 'Insert assets such as images, videos, files, or audio', 'aria-expanded': 'false', look: 'round' }, icon('add_circle'));
  button.addEventListener('click', () => {
    const input = h('input', { type: 'file', class: 'file-input', multiple: true, hidden: true });
    const item = h('button', { class: 'mat-mdc-menu-item', role: 'menuitem', 'aria-label': 'Upload a file', look: 'menu-item' }, 'Upload a file', input);
    const menu = openMenu(button, [[item, () => {
      if (!input.files.length) input.click();
      return 'stay';
    }]]);
    input.addEventListener('click', (event) => event.stopPropagation());
    input.addEventListener('change', () => {
      takeFiles(input.files);
      menu.close();
    });
  });
  return button;
}

function preview({ name, mime, data }) {
  if (!mime.startsWith('image/')) return h('ms-file-chunk', {}, name);
  return h('ms-image-chunk', {}, data ? h('img', { class: 'loaded-image', alt: name, src: `data:${mime};base64,${data}`, look: 'thumbnail' }) : name);
}

function chip(file) {
  const remove = h('button', { 'aria-label': `Remove ${file.name}`, look: 'plain', on: { click: () => drop(file) } }, icon('close'));
  const progress = file.id === null ? h('mat-progress-bar', { role: 'progressbar' }, '\u2026') : null;
  return h('div', { class: 'prompt-media-item-container', look: 'chip' }, preview(file), progress, remove);
}

export function mediaRow() {
  const node = h('div', { class: 'multi-media-row', look: 'chips' });
  let shown = '';
  return {
    node,
    show() {
      const now = JSON.stringify(state.files.map(({ name, id }) => [name, id]));
      if (shown === now) return;
      shown = now;
      node.replaceChildren(...state.files.map(chip));
    },
  };
}
