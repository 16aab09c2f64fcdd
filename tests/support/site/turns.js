// The conversation. Turns far from the window are emptied, as the site does.

import { callChunk, resultChunk, waits } from './calls.js';
import { attach, flag, h, icon, older, put, text } from './dom.js';
import { markdown } from './markdown.js';
import { openMenu, toast } from './overlay.js';
import { codeChunk, fileChunk, groundingChunk } from './parts.js';
import { state, update } from './store.js';

const rendered = new Map();

const chunk = (...children) => h('ms-prompt-chunk', { class: 'text-chunk', look: 'chunk' }, h('ms-text-chunk', {}, ...children));

function textChunk(words) {
  const node = h('ms-cmark-node', { class: 'cmark-node v3-font-body', look: 'markdown' });
  node.append(...markdown(words));
  return chunk(node);
}

function thoughtChunk(turn) {
  const body = h('div', { class: 'mat-expansion-panel-body', look: 'thought-body' }, h('ms-cmark-node', { class: 'cmark-node' }, ...markdown(turn.thoughts)));
  const flip = () => update(() => { turn.open = !turn.open; });
  const header = h('mat-expansion-panel-header', { class: turn.open ? 'mat-expanded' : '', role: 'button', tabindex: 0, look: 'faint', on: { click: flip } }, icon('lightbulb'), ' Thoughts');
  const panel = h('mat-expansion-panel', {}, header, turn.open ? body : null);
  return chunk(h('ms-thought-chunk', { look: 'thought' }, h('mat-accordion', { class: 'thought-panel' }, panel)));
}

function editor(turn) {
  const area = h('textarea', { 'aria-label': 'Edit turn', look: 'area tall' });
  area.value = turn.text;
  area.addEventListener('input', () => { turn.text = area.value; });
  return h('ms-prompt-chunk', { look: 'chunk' }, h('ms-text-chunk', {}, h('ms-autosize-textarea', { 'data-value': turn.text }, area)));
}

function content(turn, kind) {
  if (kind === 'thoughts') return [thoughtChunk(turn)];
  const shown = [];
  if (kind === 'all' && turn.thoughts) shown.push(thoughtChunk(turn));
  if (turn.editing) shown.push(editor(turn));
  else if (turn.text) shown.push(textChunk(turn.text));
  shown.push(...(turn.code ?? []).map(codeChunk), ...(turn.files ?? []).map(fileChunk), ...(turn.calls ?? []).map((_, at) => callChunk(turn, at)));
  shown.push(...(turn.responses ?? []).map(resultChunk), ...(turn.grounding ? [groundingChunk(turn.grounding)] : []));
  if (turn.error) shown.push(h('div', { class: 'model-error', look: 'error' }, icon('warning'), ` ${turn.error}`));
  if (turn.status === 'streaming' && shown.length === 0) shown.push(h('ms-chat-loading-indicator', { look: 'faint' }, '\u2026'));
  return shown;
}

async function copyMarkdown(turn) {
  await navigator.clipboard.writeText(turn.text);
  toast('success', 'Copied');
}

function turnMenu(button, turn) {
  const item = (words, sign) => h('button', { class: 'mat-mdc-menu-item', role: 'menuitem', look: 'menu-item' }, icon(sign), words);
  const nothing = () => {};
  openMenu(button, [
    [item('Delete', 'delete'), () => update(() => { state.turns.splice(state.turns.indexOf(turn), 1); })],
    [item('Branch from here', 'call_split'), nothing],
    [item('Copy as text', 'content_copy'), () => navigator.clipboard.writeText(turn.text.replaceAll('*', ''))],
    [item('Copy markdown', 'markdown_copy'), () => copyMarkdown(turn)],
  ]);
}

function actions(turn) {
  const edit = h('button', { class: 'toggle-edit-button', look: 'round' }, icon('edit'));
  edit.addEventListener('click', () => update(() => { turn.editing = !turn.editing; }));
  const options = h('button', { 'aria-label': 'Open options', look: 'round' }, icon('more_vert'));
  options.addEventListener('click', () => turnMenu(options, turn));
  const node = h('div', { class: 'actions-container', look: 'actions' }, edit, h('div', {}, h('ms-chat-turn-options', {}, h('div', {}, options))));
  return {
    node,
    show() {
      put(edit, 'aria-label', turn.editing ? 'Stop editing' : 'Edit');
      put(edit, 'disabled', state.generating);
    },
  };
}

function footer() {
  const thumb = (name, label) => h('button', { iconname: name, 'aria-label': label, look: 'round' }, icon(name));
  return h('div', { class: 'turn-footer', look: 'actions' }, thumb('thumb_up', 'Good response'), thumb('thumb_down', 'Bad response'));
}

/** One `ms-chat-turn`. `kind` is what of the turn it shows: thoughts, answer, or all. */
function turnView(turn, kind) {
  const user = turn.role === 'user';
  const bar = actions(turn);
  const end = footer();
  const body = h('div', { class: 'turn-content' });
  const prompt = h('div', { class: user ? 'user-prompt-container' : 'model-prompt-container', 'data-turn-role': user ? 'User' : 'Model' },
    h('div', { class: 'author-label', look: 'faint small' }, user ? 'User' : 'Model'), body);
  const container = h('div', { class: `chat-turn-container render ${user ? 'user' : 'model'}`, look: user ? 'turn user' : 'turn model' }, bar.node, prompt);
  const node = h('ms-chat-turn', { id: `turn-${crypto.randomUUID()}` }, container);
  const view = { node, away: false, drawn: [] };
  view.show = () => {
    bar.show();
    const last = state.turns.at(-1) === turn;
    const hidden = view.away && !last;
    const { calls, files, code, grounding } = turn;
    const now = hidden ? ['hidden'] : [turn.text, turn.thoughts, turn.open, turn.editing, turn.error, turn.status, calls?.length, files?.length, code?.length, grounding, waits(turn)];
    attach(container, end, !user && turn.status === 'done' && kind !== 'thoughts');
    if (now.length === view.drawn.length && now.every((value, at) => value === view.drawn[at])) return;
    view.drawn = now;
    if (hidden) body.style.minHeight = `${body.offsetHeight}px`;
    body.replaceChildren(...(hidden ? [] : content(turn, kind)));
    if (!hidden) body.style.minHeight = '';
  };
  return view;
}

function viewsOf(turn) {
  if (!rendered.has(turn)) rendered.set(turn, new Map());
  const views = rendered.get(turn);
  const apart = older && turn.role === 'model' && turn.thoughts;
  const kinds = apart ? ['thoughts', 'answer'] : [older ? 'answer' : 'all'];
  return kinds.map((kind) => {
    if (!views.has(kind)) views.set(kind, turnView(turn, kind));
    return views.get(kind);
  });
}

export function conversation() {
  const list = h('div', { class: 'chat-session-content', look: 'conversation' });
  const zero = h('ms-zero-state', { look: 'zero' }, h('h1', {}, 'What will you build?'));
  const callout = h('div', { class: 'message' });
  const notice = h('ms-callout', { class: 'error-callout', role: 'alert', look: 'callout' }, callout);
  const node = h('ms-autoscroll-container', { class: 'chat-view-container', look: 'scroller' }, zero, list);
  const nearby = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const view = [...rendered.values()].flatMap((views) => [...views.values()]).find((known) => known.node === entry.target);
      if (view) view.away = !entry.isIntersecting;
      view?.show();
    }
  }, { root: node, rootMargin: '800px' });
  return {
    node,
    show() {
      for (const turn of rendered.keys()) if (!state.turns.includes(turn)) rendered.delete(turn);
      const views = state.turns.flatMap(viewsOf);
      const nodes = views.map((view) => view.node);
      if (nodes.length !== list.children.length || nodes.some((child, at) => child !== list.children[at])) {
        list.replaceChildren(...nodes);
        nodes.forEach((child) => nearby.observe(child));
      }
      views.forEach((view) => view.show());
      zero.hidden = nodes.length > 0;
      text(callout, state.callout ?? '');
      attach(node, notice, state.callout !== null);
      flag(node, 'generating', state.generating);
      if (state.generating) node.scrollTop = node.scrollHeight;
    },
  };
}
