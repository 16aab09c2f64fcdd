// Further wishes for an answer: how closely media are looked at, the sides and size of pictures, the voice, and
// what is withheld. Needs library.js and form.js before it.

/** Settings that are chosen from a list, each with what it is called in a warning. */
const CHOICES = {
  media_resolution: "media resolution",
  aspect_ratio: "aspect ratio",
  image_size: "image size",
  output_format: "output format",
  voice: "voice",
};

/** Whether a list's entry is the one that is meant. A voice's entry says more than its name. */
function isEntry(text, name, wanted) {
  const own = lower(text);
  const known = data.texts[`${name}_${wanted}`] || [wanted];
  return known.some((word) => own === lower(word) || (name === "voice" && own.startsWith(`${lower(word)} `)));
}

const choiceShown = (name) => (first(`${name}_box`) ? withoutIcons(first(`${name}_box`)) : null);

const choicesShown = () => Object.fromEntries(Object.keys(CHOICES).map((name) => [name, choiceShown(name)]));

/** Makes each choice; the first one that the page's list does not have and must have, with what the list has. */
async function setChoices(warnOf) {
  let refused = null;
  for (const name of Object.keys(CHOICES).filter((name) => ask.choices[name] != null)) {
    const offered = await setChoice(name, ask.choices[name], warnOf(name));
    if (offered && name in ask.stand_ins) await standIn(name, warnOf(name));
    else if (offered && !refused) refused = { setting: name, offered };
  }
  return refused;
}

/** Where a list need not have the wanted entry, it shows its own again. */
async function standIn(name, warn) {
  if (ask.stand_ins[name] != null) await setChoice(name, ask.stand_ins[name], warn);
  warn(`AI Studio has no ${CHOICES[name]} ${JSON.stringify(ask.choices[name])}; ${choiceShown(name)} is used`);
}

/** Returns the entries of the list where the wanted one is not among them. */
async function setChoice(name, wanted, warn) {
  const box = first(`${name}_box`);
  if (off(box)) return void warn(`the page offers no control for ${CHOICES[name]} with this model`);
  if (isEntry(choiceShown(name), name, wanted)) return;
  box.click();
  await until(() => first("level_option"), 1500);
  const options = all("level_option");
  const option = options.find((el) => isEntry(withoutIcons(el), name, wanted));
  if (!option) {
    key(box, "Escape", 27);
    await until(() => !first("level_option"), 1000);
    return options.map(withoutIcons).slice(0, 60);
  }
  option.click();
  const set = () => isEntry(choiceShown(name) ?? "", name, wanted) && !first("level_option");
  if (!(await until(set, 1500))) warn(`the page did not take the ${CHOICES[name]} ${wanted}`);
}

// --- what is withheld ------------------------------------------------------------------------------------

const HARMS = ["harassment", "hate", "sexual", "dangerous"];

/** From nothing to the most, as a slider has them. */
const BLOCKS = ["off", "none", "high", "medium", "low"];

const safetyControl = (harm) => first(`safety_${harm}`);
const anySafety = () => HARMS.some(safetyControl);

const least = (slider) => Number(slider.min || 0);
const step = (slider) => Number(slider.step || 1);

/** At which of its places a slider has this; a slider with fewer lacks the first ones. */
function placeOf(slider, block) {
  const places = Math.round((Number(slider.max || 4) - least(slider)) / step(slider)) + 1;
  return BLOCKS.indexOf(block) + places - BLOCKS.length;
}

const isBlock = (text, block) => data.texts[`block_${block}`].some((word) => lower(text) === lower(word));

function blockShown(control) {
  if (!(control instanceof HTMLInputElement)) return BLOCKS.find((block) => isBlock(withoutIcons(control), block)) || null;
  const place = Math.round((control.valueAsNumber - least(control)) / step(control));
  return BLOCKS.find((block) => placeOf(control, block) === place) || null;
}

/** Sets what is withheld, kind by kind; what was set before, or null where the page has no such dialog, and the kinds
 * that are not as wanted. */
async function setSafety(warn) {
  if (!ask.safety) return { safety_before: null };
  first("safety_edit")?.click();
  if (!first("safety_edit") || !(await until(anySafety, 3000))) {
    warn("the page offers no safety settings with this model");
    return { safety_before: null, safety_failed: ask.safety };
  }
  const before = {};
  const failed = {};
  for (const harm of HARMS.filter((harm) => ask.safety[harm] != null)) {
    const control = safetyControl(harm);
    before[harm] = control && blockShown(control);
    if (control && (await setBlock(harm, ask.safety[harm]))) continue;
    failed[harm] = ask.safety[harm];
    warn(`the page did not take the safety setting for ${harm}`);
  }
  (first("safety_close") || first("dialog_close"))?.click();
  const closed = () => !anySafety() && !first("backdrop");
  if (!(await until(closed, 2000))) key(document.activeElement || document.body, "Escape", 27);
  return { safety_before: before, safety_failed: failed };
}

async function setBlock(harm, block) {
  const control = safetyControl(harm);
  const set = () => safetyControl(harm) && blockShown(safetyControl(harm)) === block;
  if (set()) return true;
  if (control instanceof HTMLInputElement) {
    const place = placeOf(control, block);
    if (place < 0) return false;
    setValue(control, String(least(control) + place * step(control)));
    return !!(await until(set, 1000));
  }
  control.click();
  await until(() => first("level_option"), 1500);
  const option = all("level_option").find((el) => isBlock(withoutIcons(el), block));
  (option || control).click();
  return !!option && !!(await until(() => set() && !first("level_option"), 1500));
}
