// What an answer shows beside its text: pictures, sound, files, code that was run, and what it leans on.

import { h } from './dom.js';

export function fileChunk({ mime, data, name }) {
  if (mime.startsWith('image/') && data) return h('ms-image-chunk', {}, h('img', { class: 'loaded-image', alt: name ?? 'generated image', src: `data:${mime};base64,${data}`, look: 'image' }));
  if (mime.startsWith('audio/') && !name) return h('ms-audio-chunk', {}, h('audio', { controls: true, 'data-mime': mime }));
  return h('ms-file-chunk', { look: 'faint' }, name ?? mime);
}

export function codeChunk({ source, output }) {
  const kind = source === undefined ? 'ms-code-execution-result-chunk' : 'ms-executable-code-chunk';
  return h('ms-prompt-chunk', { look: 'chunk' }, h(kind, {}, h('ms-code-block', { look: 'code' }, h('pre', {}, h('code', {}, source ?? output)))));
}

export function groundingChunk([, chunks, , , queries]) {
  const sources = (chunks ?? []).map(([[uri, title]]) => h('a', { class: 'grounding-source', href: uri, look: 'nav-link' }, title));
  const searched = (queries ?? []).map((query) => h('span', { look: 'chip' }, query));
  return h('ms-search-entry-point', { look: 'chips' }, h('div', { class: 'search-entry-container', look: 'chips' }, ...searched), ...sources);
}
