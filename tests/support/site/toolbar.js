// Above the conversation: title, token count, temporary chat, new chat. At the left: the site's sections.

import { account as owner, attach, flag, h, icon, layout, put, text } from './dom.js';
import { askToDiscard } from './dialogs.js';
import { openMenu } from './overlay.js';
import { isEmptyChat, startOver, state, update } from './store.js';

function temporaryToggle(attributes) {
  const flip = () => update(() => { state.temporary = !state.temporary; });
  const button = h('button', { 'data-test-incognito-toggle': true, 'aria-label': 'Temporary chat toggle', look: 'round', on: { click: flip }, ...attributes }, icon('chat_dashed'));
  const show = () => {
    put(button, 'aria-pressed', String(state.temporary));
    flag(button, 'ms-button-active', state.temporary);
    put(button, 'disabled', !isEmptyChat());
  };
  return { node: h('ms-incognito-mode-toggle', {}, button), show };
}

function moreActions() {
  const button = h('button', { 'aria-label': 'View more actions', 'aria-expanded': 'false', look: 'round' }, icon('more_vert'));
  const item = (words) => h('button', { class: 'mat-mdc-menu-item', role: 'menuitem', look: 'menu-item' }, words);
  button.addEventListener('click', () => {
    const items = [[item('Get code'), () => {}], [item('Compare'), () => {}]];
    if (layout.temporary_toggle === 'in_menu') {
      const toggle = temporaryToggle({ role: 'menuitem', look: 'menu-item' });
      toggle.show();
      toggle.node.querySelector('button').append(' Temporary chat');
      items.push([toggle.node, () => {}]);
    }
    openMenu(button, items);
  });
  return button;
}

function beginAnew() {
  startOver();
  const user = /^\/u\/\d+/.exec(location.pathname)?.[0] ?? '';
  history.pushState(null, '', `${user}/prompts/new_chat`);
}

function newChat() {
  const button = h('button', { 'data-test-clear': 'outside', 'aria-label': 'New chat', look: 'round' }, icon('add'));
  button.addEventListener('click', () => {
    const saved = state.chat !== null;
    if (layout.confirm_discard && !saved) askToDiscard(beginAnew);
    else beginAnew();
  });
  return { node: button, show: () => put(button, 'disabled', isEmptyChat() || state.generating) };
}

export function toolbar(settingsButton, narrow) {
  const title = h('h1', { class: 'mode-title', look: 'title grow' }, 'Chat');
  const count = h('span', { class: 'v3-token-count-value', look: 'faint' });
  const indicator = h('ms-incognito-mode-indicator', { look: 'pill' }, h('span', { class: 'main-text', 'data-test-id': 'main-text' }, 'Temporary chat'));
  const shown = [newChat()];
  if (layout.temporary_toggle === 'visible') shown.unshift(temporaryToggle({}));
  const middle = h('div', { look: 'row' });
  const node = h('ms-toolbar', { look: 'toolbar' }, title, middle, h('ms-token-count', {}, count, ' tokens'), ...shown.map((part) => part.node), moreActions());
  return {
    node,
    show() {
      text(count, state.tokens.toLocaleString('en-US'));
      attach(middle, indicator, state.temporary);
      attach(node, settingsButton, narrow.matches);
      shown.forEach((part) => part.show());
    },
  };
}

export function navigation() {
  const link = (href, words) => h('a', { href, look: 'nav-link' }, words);
  const label = `Google Account: ${owner.name} (${owner.email})`;
  const account = h('button', { class: 'account-switcher-button', 'aria-label': label, look: 'account' }, h('span', { class: 'account-switcher-text' }, owner.email));
  return h('ms-navbar', { look: 'nav' }, h('strong', { look: 'brand' }, 'Google AI Studio'), link('/prompts/new_chat', 'Chat'), link('/live', 'Stream'),
    link('/gen-media', 'Generate media'), link('/apps', 'Build'), link('/library', 'History'), h('div', { look: 'grow' }), account);
}
