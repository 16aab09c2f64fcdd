// Puts the page together and picks the model it opens with.

import { proveDevice } from './device.js';
import { challenge, h, layout, older } from './dom.js';
import { greet } from './dialogs.js';
import { mountOverlays } from './overlay.js';
import { promptBox } from './prompt.js';
import { call, listModels, reportError } from './rpc.js';
import { runSettings } from './settings.js';
import { chooseModel, show, state, update } from './store.js';
import { navigation, toolbar } from './toolbar.js';
import { conversation } from './turns.js';

function assemble() {
  const settings = runSettings();
  const bar = toolbar(settings.button, settings.narrow);
  const turns = conversation();
  const prompt = promptBox();
  const editor = h(older ? 'ms-chunk-editor' : 'ms-playground', { look: 'editor' }, bar.node, turns.node, prompt.node);
  document.body.append(h('ms-app', { look: 'app' }, navigation(), editor, settings.node));
  mountOverlays();
  for (const part of [settings, bar, turns, prompt]) show(part.show);
  settings.narrow.addEventListener('change', bar.show);
}

function openingModel(parameters) {
  const byId = (id) => state.models.find((model) => model.id === id);
  const asked = layout.ignores_model_parameter ? null : parameters.get('model');
  const preferred = layout.ignores_preference ? null : state.preferences.promptModel?.replace('models/', '');
  return byId(asked) ?? byId(preferred) ?? state.models[0];
}

async function openSavedChat() {
  const id = location.pathname.split('/').at(-1);
  if (id === 'new_chat') return;
  const [, turns] = JSON.parse(await call('ResolveDriveResource', [id]));
  update(() => {
    state.chat = id;
    state.turns = turns.map((turn) => ({ thoughts: '', calls: [], rawCalls: [], status: 'done', error: null, ...turn }));
  });
}

async function boot() {
  if (challenge && !(await proveDevice(challenge))) return;
  const parameters = new URLSearchParams(location.search);
  assemble();
  reportError('noise at start; nothing was called');
  const models = await listModels();
  update(() => {
    state.models = models;
    state.temporary = parameters.get('temporary') === 'true';
  });
  chooseModel(openingModel(parameters));
  await openSavedChat();
  greet();
}

boot();
