// The tools of the run settings, and the editors of functions and of the structured output.

import { attach, h, layout, put } from './dom.js';
import { openEditor } from './editor.js';
import { toggle } from './fields.js';
import { has, item } from './rows.js';
import { readFunctions, readSchema } from './schema.js';
import { clash, state, switchTool, update } from './store.js';

const CLASH = 'This tool is not compatible with the current active tools';

/** The text's own state: what was saved, as it was written. */
const keeper = (name, read) => (text) => {
  const value = read(text);
  update(() => { state[name] = { text, value }; });
};

const editFunctions = () => openEditor({
  title: 'Function declarations',
  hint: 'Enter a list of function declarations for the model to call upon.',
  labels: { area: 'Function declarations code editor', reset: 'Reset the function declarations', save: 'Save the current function declarations' },
  text: state.functions.text,
  keep: keeper('functions', readFunctions),
});

const editSchema = () => openEditor({
  title: 'Structured output',
  hint: 'Enter the schema that the answer shall have.',
  labels: { area: 'Structured output code editor', reset: 'Reset the schema', save: 'Save the current schema' },
  text: state.schema.text,
  keep: keeper('schema', readSchema),
});

const TOOLS = [
  { name: 'structuredOutput', piece: 'structured_output', title: 'Structured output', test: 'structuredOutputTooltip', code: 10,
    edit: { open: editSchema, class: 'ms-button-borderless', label: 'Edit JSON schema' } },
  { name: 'codeExecution', piece: 'code_execution', title: 'Code execution', test: 'codeExecutionTooltip', code: 9, toggle: 'code-execution-toggle' },
  { name: 'functions', piece: 'functions', title: 'Function calling', test: 'functionCallingTooltip', code: 10,
    edit: { open: editFunctions, class: 'edit-function-declarations-button', label: 'Edit function declarations' } },
  { name: 'search', piece: 'search', title: 'Grounding with Google Search', test: 'searchAsAToolTooltip', code: 12 },
  { name: 'maps', piece: 'maps', title: 'Grounding with Google Maps', test: 'googleMapsTooltip', code: 58 },
  { name: 'urlContext', piece: 'url_context', title: 'URL context', test: 'browseAsAToolTooltip', code: 13, label: 'Browse the url context', element: 'ms-browse-as-a-tool' },
];

/** Whether a tool shows that it cannot be used; where the layout says so, a moment longer than that is so. */
function bar(name) {
  let barred = false;
  return () => {
    const now = clash(name);
    if (barred && !now && layout.frees_late) setTimeout(() => update(() => { barred = clash(name); }), 250);
    else barred = now;
    return barred;
  };
}

function tool({ name, piece, title, test, code, edit, label = title, toggle: kind = '', element }) {
  const control = toggle({ label, class: kind, disabled: bar(name) }, () => state.tools[name], (on) => switchTool(name, on));
  const button = edit && h('button', { class: edit.class, 'aria-label': edit.label, look: 'button', on: { click: edit.open } }, 'Edit');
  const switches = h('div', { look: 'row' }, control.node);
  const row = item(title, { test }, switches);
  return {
    node: element ? h(element, {}, row) : row,
    present: () => has(piece) && state.model.capabilities.includes(code),
    show() {
      control.show();
      put(row, 'mattooltip', clash(name) ? CLASH : null);
      if (button) attach(switches, button, state.tools[name]);
    },
  };
}

export const tools = () => TOOLS.map(tool);
