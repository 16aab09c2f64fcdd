// A little Markdown: paragraphs, bold, inline code and fenced code. What is shown is not what was written.

import { h } from './dom.js';

function inline(words) {
  return words.split(/(\*\*[^*]+\*\*|`[^`]+`)/).filter(Boolean).map((piece) => {
    if (piece.startsWith('**') && piece.length > 4) return h('strong', {}, piece.slice(2, -2));
    if (piece.startsWith('`') && piece.length > 2) return h('code', { class: 'inline-code' }, piece.slice(1, -1));
    return piece;
  });
}

function codeBlock(fenced) {
  const [, language, code] = /^```(\w*)\n?([\s\S]*?)(?:```)?$/.exec(fenced) ?? [null, '', fenced];
  const title = h('div', { class: 'mat-expansion-panel-header-title', look: 'faint small' }, h('span', {}, language || 'code'));
  return h('ms-code-block', { look: 'code' }, title, h('pre', {}, h('code', {}, code)));
}

export function markdown(words) {
  return words.split(/(```[\s\S]*?(?:```|$))/).filter((piece) => piece.trim()).flatMap((piece) => {
    if (piece.startsWith('```')) return [codeBlock(piece)];
    return piece.split(/\n{2,}/).filter((block) => block.trim()).map((block) => h('p', {}, ...inline(block.trim())));
  });
}
