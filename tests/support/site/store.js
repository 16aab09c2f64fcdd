// The page's own state. Elements show it; it never reads them. Changes are shown a moment later, as a
// framework does that batches its work.

import { layout, thinkingOf } from './dom.js';

const PREFERENCES = 'aiStudioUserPreference';
const DEFAULTS = {
  promptModel: null,
  isAdvancedOpen: false,
  areToolsOpen: false,
  bidiModel: 'models/gemini-1.0-pro-001',
  isSafetySettingsOpen: false,
  hasShownSearchGroundingTos: false,
  autosaveEnabled: true,
  theme: 'system',
  bidiOutputFormat: 3,
  isSystemInstructionsOpen: false,
  warmWelcomeDisplayed: true,
  getCodeLanguage: 'Node.js',
  getCodeHistoryToggle: false,
  fileCopyrightAcknowledged: false,
};

function storedPreferences() {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(PREFERENCES)) };
  } catch {
    return { ...DEFAULTS };
  }
}

export const state = {
  preferences: storedPreferences(),
  models: [],
  model: null,
  settings: null,
  tools: { search: false, urlContext: false, codeExecution: false, maps: false, functions: false, structuredOutput: false },
  functions: { text: '', value: [] },
  schema: { text: '', value: null },
  system: '',
  prompt: '',
  files: [],
  turns: [],
  generating: false,
  temporary: false,
  chat: null,
  tokens: 0,
  callout: null,
};

const views = new Set();
let pending = false;

/** Shows the state from now on by calling `view` after each change. */
export function show(view) {
  views.add(view);
  schedule();
}

export function update(change) {
  change(state);
  schedule();
}

function schedule() {
  if (pending) return;
  pending = true;
  setTimeout(() => {
    pending = false;
    for (const view of views) view(state);
  }, 0);
}

export function prefer(changes) {
  update(() => {
    Object.assign(state.preferences, changes);
    localStorage.setItem(PREFERENCES, JSON.stringify(state.preferences));
  });
}

const SEARCHING = ['search', 'urlContext', 'codeExecution', 'maps'];
const SHAPING = ['functions', 'structuredOutput'];

/** Whether a tool cannot be used beside those that are on. */
export function clash(name) {
  const others = SHAPING.includes(name) ? [...SEARCHING, ...SHAPING.filter((other) => other !== name)] : [];
  return others.some((other) => state.tools[other]);
}

/** Switches a tool, and off what does not go with it. */
export function switchTool(name, on) {
  if (name === 'search' && !on && layout.search_switch !== 'works') return;
  update(() => {
    state.tools[name] = on;
    if (on && SEARCHING.includes(name)) for (const other of SHAPING) state.tools[other] = false;
  });
}

function forgetTools() {
  for (const tool of Object.keys(state.tools)) state.tools[tool] = tool === 'search' && layout.search_switch === 'always_on';
  state.functions = { text: '', value: [] };
  state.schema = { text: '', value: null };
}

/** The run settings that a new chat with the same model takes over from the last one. */
const kept = (settings) => (layout.sticky_tools && settings ? { ...settings } : {});

/** Puts every run setting to what the model has by default, unless the layout keeps them. */
export function chooseModel(model) {
  const thinking = thinkingOf(model.id);
  update(() => {
    const same = state.model === model;
    const stays = same ? kept(state.settings) : {};
    if (!same || !layout.sticky_tools) forgetTools();
    state.model = model;
    state.settings = {
      temperature: model.temperature,
      topP: model.topP,
      maxTokens: model.outputTokens,
      stop: [],
      level: thinking.levels?.at(-1) ?? null,
      thinks: true,
      manualBudget: false,
      budget: thinking.budget?.most ?? null,
      safety: [0, 0, 0, 0],
      mediaResolution: 'Default',
      outputFormat: 'Images and text',
      aspectRatio: 'Auto',
      imageSize: model.imageSizes[0] ?? null,
      voice: model.voices[0] ?? null,
      ...stays,
    };
  });
  prefer({ promptModel: `models/${model.id}` });
}

/** Begins again with an empty chat, and default settings unless the layout keeps them. */
export function startOver() {
  update(() => {
    if (!layout.sticky_system) state.system = '';
    Object.assign(state, { prompt: '', files: [], turns: [], temporary: false, chat: null, callout: null, tokens: 0 });
  });
  chooseModel(state.model);
}

export const isEmptyChat = () => state.turns.length === 0;
