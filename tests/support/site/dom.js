// Elements and the names they carry. In the layout with renamed classes every class and every element of
// the site's own has another name; roles, labels and test ids are what they were.

const setup = JSON.parse(document.getElementById('setup').textContent);

export const { account, challenge, layout } = setup;
export const older = layout.variant === 'input_wrapper';
export const renamed = layout.variant === 'renamed_classes';

/** What the page offers for a model's thinking. */
export const thinkingOf = (id) => setup.thinking[id] ?? 'absent';

function other(name) {
  let hash = 2166136261;
  for (const letter of name) hash = Math.imul(hash ^ letter.codePointAt(0), 16777619);
  return `x${(hash >>> 0).toString(36)}`;
}

/** The test id of an optional control, which the site changes now and then. */
export const testId = (name) => (layout.drifted ? other(name) : name);

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

/** Makes these the parent's children, and touches nothing where they are. */
export function arrange(parent, nodes) {
  const same = nodes.length === parent.childNodes.length && nodes.every((node, at) => node === parent.childNodes[at]);
  if (!same) parent.replaceChildren(...nodes);
}

export function text(node, value) {
  if (node.textContent !== value) node.textContent = value;
}

const GLYPHS = {
  add: '\uff0b', add_circle: '\u2295', call_split: '\u2442', chat_dashed: '\u25cc', close: '\u00d7', content_copy: '\u29c9', delete: '\u2326',
  edit: '\u270e', expand_less: '\u25b4', expand_more: '\u25be', function: '\u0192', lightbulb: '\u2726', markdown_copy: '\u29c9', more_vert: '\u22ee',
  thumb_down: '\u25bd', thumb_up: '\u25b3', tune: '\u2699', warning: '\u26a0',
};

/** A sign. Its text is its name, as with an icon font. */
export const icon = (name) => h('span', { class: 'material-symbols-outlined notranslate', look: 'icon', 'aria-hidden': 'true', 'data-glyph': GLYPHS[name] }, name);
