// Run settings that only some models have: how media are read, what pictures look like, who speaks.

import { select } from './fields.js';
import { has, item, setting } from './rows.js';
import { state } from './store.js';

const RESOLUTIONS = ['Default', 'Low', 'Medium', 'High'];
const PICTURES = 21;
const SPEECH = 37;

const can = (code) => state.model.capabilities.includes(code);

const LISTS = [
  { name: 'mediaResolution', piece: 'media_resolution', title: 'Media resolution', test: 'mediaResolution', code: 43, class: 'media-resolution-selector', options: () => RESOLUTIONS },
  { name: 'outputFormat', piece: 'output_format', title: 'Output format', test: 'outputFormat', code: PICTURES, options: () => ['Images and text', 'Images'] },
  { name: 'aspectRatio', piece: 'aspect_ratio', title: 'Aspect ratio', test: 'aspectRatio', code: 47, options: () => ['Auto', ...state.model.aspectRatios] },
  { name: 'imageSize', piece: 'image_size', title: 'Resolution', test: 'outputResolution', code: 49, options: () => state.model.imageSizes },
  { name: 'voice', piece: 'voice', title: 'Voice', test: 'voice', code: SPEECH, options: () => state.model.voices },
];

function list({ name, piece, title, test, code, options, class: kind = '' }) {
  const control = select({ label: title, options }, ...setting(name));
  const node = item(title, { test, class: `settings-item ${kind}` }, control.node);
  return { node, present: () => has(piece) && can(code), show: control.show };
}

export const outputSettings = () => LISTS.map(list);

/** Puts what the request says about these things into its generation config. */
export function askForOutput(slots) {
  const { mediaResolution, outputFormat, aspectRatio, imageSize, voice } = state.settings;
  if (can(43)) slots[17] = RESOLUTIONS.indexOf(mediaResolution) || null;
  if (can(PICTURES)) {
    slots[14] = outputFormat === 'Images' ? [2] : [2, 1];
    slots[26] = [aspectRatio === 'Auto' ? null : aspectRatio, can(49) ? imageSize : null];
  } else if (can(SPEECH)) {
    slots[14] = [3];
    slots[15] = [[[voice]]];
  }
}
