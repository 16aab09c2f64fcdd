// Elements and the names they carry. In the layout with renamed classes every class and every element of
// the site's own has another name; roles, labels and test ids are what they were.

const setup = JSON.parse(document.getElementById('setup').textContent);

export const layout = setup.layout;
export const older = layout.variant === 'input_wrapper';
export const renamed = layout.variant === 'renamed_classes';

/** What the page offers for a model's thinking. */
export const thinkingOf = (id) => setup.thinking[id] ?? 'absent';

function other(name) {
  let hash = 2166136261;
  for (const letter of name) hash = Math.imul(hash ^ letter.codePointAt(0), 16777619);
  return `x${(hash >>> 0).toString(36)}`;
}

const tagName = (tag) => (renamed && /^(ms|mat)-/.test(tag) ? `x-${other(tag)}` : tag);
const className = (name) => (renamed ? other(name) : name);
const classNames = (names) => names.split(' ').filter(Boolean).map(className).join(' ');

/** Makes an element. `look` is what the style sheet knows it by, `on` its listeners. */
export function h(tag, attributes = {}, ...children) {
  const svg = tag === 'svg' || tag === 'circle';
  const node = svg ? document.createElementNS('http://www.w3.org/2000/svg', tag) : document.createElement(tagName(tag));
  const { on = {}, class: classes, ...rest } = attributes;
  if (classes) node.setAttribute('class', classNames(classes));
  for (const [name, value] of Object.entries(rest)) put(node, name, value);
  for (const [type, listener] of Object.entries(on)) node.addEventListener(type, listener);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Sets an attribute; `false` and `null` take it away. */
export function put(node, name, value) {
  if (value === false || value === null || value === undefined) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? '' : String(value));
}

export function flag(node, name, on) {
  node.classList.toggle(className(name), on);
}

/** Puts the node into its parent or takes it out, without rebuilding it. */
export function attach(parent, node, present) {
  if (present && node.parentNode !== parent) parent.append(node);
  if (!present && node.parentNode) node.remove();
}

export function text(node, value) {
  if (node.textContent !== value) node.textContent = value;
}

export const icon = (name) => h('span', { class: 'material-symbols-outlined notranslate', look: 'icon', 'aria-hidden': 'true' }, name);
