// What lies over the page: dialogs, menus, lists, toasts.

import { h, flag } from './dom.js';

const container = h('div', { class: 'cdk-overlay-container', look: 'overlays' });
const toasts = h('ms-toast-container', { look: 'toasts' });
const open = [];

export function mountOverlays() {
  document.body.append(toasts, container);
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    const top = open.at(-1);
    if (top?.dismissible) top.close();
  });
}

function lay(pane, { transparent = false, dismissible = true, onClose = () => {} } = {}) {
  const kind = transparent ? 'cdk-overlay-transparent-backdrop' : 'cdk-overlay-dark-backdrop';
  const backdrop = h('div', { class: `cdk-overlay-backdrop ${kind} cdk-overlay-backdrop-showing`, look: transparent ? 'backdrop clear' : 'backdrop' });
  const layer = {
    dismissible,
    close() {
      const at = open.indexOf(layer);
      if (at < 0) return;
      open.splice(at, 1);
      flag(backdrop, 'cdk-overlay-backdrop-showing', false);
      pane.remove();
      // The backdrop fades out and catches clicks until it is gone.
      setTimeout(() => backdrop.remove(), 120);
      onClose();
    },
  };
  backdrop.addEventListener('click', () => dismissible && layer.close());
  container.append(backdrop, pane);
  open.push(layer);
  return layer;
}

export function openDialog({ label, paneClass = '', look = 'dialog', dismissible = true, onClose }, ...content) {
  const surface = h('div', { class: 'mat-mdc-dialog-inner-container mdc-dialog__surface', look: 'surface' }, ...content);
  const dialog = h('mat-dialog-container', { class: 'mat-mdc-dialog-container', role: 'dialog', 'aria-modal': 'true', 'aria-label': label, look: 'dialog-box' }, surface);
  const pane = h('div', { class: `cdk-overlay-pane mat-mdc-dialog-panel ${paneClass}`, look }, dialog);
  return lay(pane, { dismissible, onClose });
}

function below(anchor, node) {
  const box = anchor.getBoundingClientRect();
  node.style.left = `${Math.max(8, Math.min(box.left, innerWidth - 240))}px`;
  node.style.top = `${Math.min(box.bottom + 4, innerHeight - 220)}px`;
  return node;
}

/** `items` are pairs of a node for the menu and what it does. */
export function openMenu(anchor, items) {
  const menu = h('div', { class: 'mat-mdc-menu-panel', role: 'menu', look: 'menu' });
  anchor.setAttribute('aria-expanded', 'true');
  const layer = lay(below(anchor, menu), { transparent: true, onClose: () => anchor.setAttribute('aria-expanded', 'false') });
  for (const [item, act] of items) {
    item.addEventListener('click', () => {
      if (act() !== 'stay') layer.close();
    });
    menu.append(item);
  }
  return layer;
}

export function openList(anchor, label, options, chosen, choose) {
  const list = h('div', { class: 'mat-mdc-select-panel', role: 'listbox', 'aria-label': label, look: 'menu' });
  const layer = lay(below(anchor, list), { transparent: true, onClose: () => anchor.setAttribute('aria-expanded', 'false') });
  anchor.setAttribute('aria-expanded', 'true');
  for (const option of options) {
    const pick = () => {
      choose(option);
      layer.close();
    };
    const row = h('mat-option', { class: 'mat-mdc-option', role: 'option', 'aria-selected': String(option === chosen), look: 'menu-item', on: { click: pick } });
    row.append(h('span', { class: 'mdc-list-item__primary-text' }, option));
    list.append(row);
  }
}

export function toast(kind, message) {
  const node = h('div', { class: `toast ${kind}`, look: `toast ${kind}`, role: 'alert' });
  const close = h('button', { 'aria-label': 'Dismiss', look: 'plain', on: { click: () => node.remove() } }, '\u00d7');
  node.append(h('span', { class: 'content-text' }, message), close);
  toasts.append(node);
  setTimeout(() => node.remove(), 10_000);
}
