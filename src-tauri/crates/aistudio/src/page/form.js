// Filling the form: a fresh chat, its model, its settings and the prompt. Needs library.js before it.

// --- fresh chats -----------------------------------------------------------------------------------------

const turns = () => all("turn", { hidden: true }).length;

/** Leaves the page with an empty chat; whether it worked. */
async function freshChat() {
  if (!turns()) return true;
  const button = await until(() => (off(first("new_chat")) ? null : first("new_chat")), 2000);
  if (!button) return false;
  button.click();
  const next = await until(() => first("new_chat_confirm") || !turns(), 3000);
  if (next instanceof Element) next.click();
  return !!(await until(() => !turns() && first("prompt"), 3000));
}

const isTemporary = () => !!first("temporary_on", { hidden: true });

async function temporaryChat(warn) {
  // A page that was just loaded may yet become temporary by its address; a press would undo that.
  if (await until(isTemporary, ask.untouched ? 2000 : 0)) return;
  const press = async () => {
    first("temporary_toggle")?.click();
    return until(isTemporary, 2000);
  };
  if (first("temporary_toggle") && (await press())) return;
  const menu = first("overflow_menu");
  if (menu) {
    menu.click();
    const there = await until(() => first("temporary_toggle"), 2000);
    const done = there && (await press());
    if (menu.getAttribute("aria-expanded") === "true") key(document.activeElement || document.body, "Escape", 27);
    if (done) return;
  }
  warn("the chat could not be made temporary, so AI Studio may keep it in the account's history");
}

// --- settings --------------------------------------------------------------------------------------------

async function openPanel() {
  if (first("settings_panel") || !first("settings_open")) return;
  first("settings_open").click();
  await until(() => first("settings_panel"), 2000);
}

/** How much is seen of what the advanced section has; some pages have some of it elsewhere. */
const advancedSeen = () => ["stop_input", "max_tokens", "top_p", "safety_edit"].filter((purpose) => first(purpose)).length;

async function expandAdvanced() {
  if (first("stop_input") || first("max_tokens")) return;
  const header = first("advanced_section");
  if (!header || header.getAttribute("aria-expanded") === "true") return;
  const before = advancedSeen();
  header.click();
  await until(() => advancedSeen() !== before, 1500);
  if (advancedSeen() >= before) return;
  // It was open, and the page has neither of the two.
  header.click();
  await until(() => advancedSeen() === before, 1500);
}

const numberOf = (purpose) => {
  const el = first(purpose);
  return el && el.value !== "" ? Number(el.value) : null;
};

async function setNumber(purpose, label, wanted, warn) {
  if (wanted == null || numberOf(purpose) === wanted) return;
  const el = first(purpose);
  if (off(el)) return warn(`the page offers no control for ${label} with this model`);
  const low = el.min === "" ? -Infinity : Number(el.min);
  const high = el.max === "" ? Infinity : Number(el.max);
  const value = Math.min(high, Math.max(low, wanted));
  setValue(el, String(value));
  el.dispatchEvent(new Event("blur"));
  if (!(await until(() => numberOf(purpose) === value, 1000))) return warn(`the page did not take ${label} ${wanted}`);
  if (value !== wanted) warn(`${label} ${wanted} is outside the page's range; ${value} is used`);
}

const chips = () => all("stop_chip").map(withoutIcons);

/** Makes the stop texts what is wanted; whether there are none. */
async function setStops(wanted, warn) {
  if (ask.no_stops && !wanted.length) return true;
  const plain = wanted.map((text) => text.replace(/\s+/g, " ").trim()).sort();
  const now = chips();
  if (JSON.stringify(now.sort()) === JSON.stringify(plain)) return !now.length;
  for (let left = now.length; left > 0; left = chips().length) {
    first("stop_chip_remove")?.click();
    if (!(await until(() => chips().length < left, 1000))) break;
  }
  for (const text of wanted) {
    const input = first("stop_input");
    if (off(input)) {
      warn("the page offers no control for stop with this model");
      break;
    }
    const before = chips().length;
    setValue(input, text);
    key(input, "Enter", 13);
    if (!(await until(() => chips().length > before, 1000))) warn(`the page did not take the stop text ${JSON.stringify(text)}`);
  }
  const none = !chips().length;
  if (!wanted.length && !none) warn("the page kept stop texts of an earlier chat");
  return none;
}

async function setSwitch(purpose, wanted) {
  const el = first(purpose);
  if (!el || isOn(el) === wanted) return !!el;
  if (off(el)) return false;
  el.click();
  return !!(await until(() => first(purpose) && isOn(first(purpose)) === wanted, 1500));
}

const RANKS = ["minimal", "low", "medium", "high"];

/** The level that an element names, whatever else it says. */
const levelOf = (el) => (el && RANKS.find((name) => lower(withoutIcons(el)).startsWith(name))) || "";

async function setLevel(rank, warn) {
  const box = first("thinking_level");
  const now = levelOf(box);
  if (now === RANKS[rank] || (ask.levels && now === choose(ask.levels, rank))) return ask.levels;
  box.click();
  await until(() => first("level_option"), 1500);
  const options = all("level_option");
  const names = options.map(levelOf).filter((name) => name);
  const name = choose(names, rank);
  const option = options.find((el) => name && levelOf(el) === name);
  if (!option) {
    key(box, "Escape", 27);
    warn("the page offers no thinking level that Postern knows");
    return null;
  }
  option.click();
  const set = await until(() => levelOf(first("thinking_level")) === name && !first("level_option"), 1500);
  if (!set) warn(`the page did not take the thinking level ${name}`);
  return names;
}

/** The least level that is enough, or else the greatest there is. */
function choose(names, rank) {
  const ranks = names.map((name) => RANKS.indexOf(name)).filter((known) => known >= 0);
  const enough = ranks.filter((known) => known >= rank);
  return RANKS[enough.length ? Math.min(...enough) : Math.max(...ranks)];
}

async function setThinking(wanted, warn) {
  if (!wanted) return null;
  if (ask.thoughtless) {
    if (!wanted.off) warn("this model does not think");
    return null;
  }
  if (first("thinking_level")) return setLevel(wanted.rank, warn);
  const offered = first("thinking_toggle") || first("budget_toggle");
  if (!offered) {
    warn("the page offers no control for thinking with this model");
    return null;
  }
  if (wanted.off && (await setSwitch("thinking_toggle", false))) return null;
  if (first("thinking_toggle") && !(await setSwitch("thinking_toggle", true))) warn("the page did not switch thinking on");
  const manual = !wanted.unlimited;
  if (!(await setSwitch("budget_toggle", manual))) return warn("the page offers no thinking budget with this model"), null;
  if (!manual) return null;
  const box = await until(() => first("budget_input"), 1500);
  const least = Number(box?.min || 0);
  const quiet = wanted.named ? () => {} : warn;
  await setNumber("budget_input", "thinking budget", wanted.off ? least : wanted.budget, quiet);
  return null;
}

/** What the controls show, so that a later request without a wish of its own can have it back. */
function shownSettings() {
  const toggle = first("thinking_toggle");
  const manual = first("budget_toggle");
  const level = first("thinking_level");
  return {
    temperature: numberOf("temperature"),
    top_p: numberOf("top_p"),
    max_tokens: numberOf("max_tokens"),
    level: level ? RANKS.indexOf(levelOf(level)) : -1,
    thinks: toggle ? isOn(toggle) : null,
    manual: manual ? isOn(manual) : null,
    budget: manual && isOn(manual) ? numberOf("budget_input") : null,
    choices: choicesShown(),
  };
}

/** Whether the system instructions are in their box. */
async function setSystem(wanted, warn) {
  let box = first("system_box");
  const card = first("system_preview");
  const preview = card ? words(card) : "";
  const placeholder = data.texts.system_placeholder.some((text) => lower(preview) === lower(text));
  // Without a preview only a page that was just loaded is known to hold nothing.
  const bare = preview ? placeholder : !!card || ask.untouched;
  if (!box && !wanted && bare) return true;
  const start = preview.replace(/(…|\.\.\.)$/, "");
  if (!box && ask.system_known && !bare && wanted.replace(/\s+/g, " ").trim().startsWith(start)) return true;
  if (!box) {
    first("system_open")?.click();
    box = first("system_open") && (await until(() => first("system_box"), 3000));
  }
  if (off(box)) return false;
  if (box.value !== wanted) setValue(box, wanted);
  const held = await until(() => first("system_box")?.value === wanted, 1000);
  await closeSystem();
  if (!held) warn("the page did not take the system instructions");
  return !!held;
}

async function closeSystem() {
  const close = first("system_close");
  if (!close) return;
  const box = first("system_box");
  close.click();
  if (!(await until(() => !shown(box) && !first("backdrop"), 2000))) key(document.activeElement || document.body, "Escape", 27);
}

// --- one request -----------------------------------------------------------------------------------------

const modelShown = () => {
  const el = first("model_name");
  return el ? words(el) : null;
};
const modelFits = () => {
  const name = modelShown();
  return !!name && ask.names.some((wanted) => lower(name) === lower(wanted));
};

/** How much of a call's time is kept for the prompt, in milliseconds. */
const FOR_THE_PROMPT = 10000;

/** What the page shows, with its owner; a page that writes is given a moment to end. */
async function idle() {
  const decided = () => {
    const now = state();
    return now.state !== "generating" && now;
  };
  const now = await until(decided, 1500);
  return now?.state === "ready" ? { ...now, owner: owner() } : settle(2000);
}

/** Leaves the page with the right chat, free of files, and the right model; the problem where that cannot be. */
async function rightChat() {
  if (ask.fresh && !(await freshChat())) return "not_fresh";
  if (!ask.no_files && !(await dropAttachments())) return "not_fresh";
  if (!ask.fresh && !turns()) return "not_fresh";
  return (await until(modelFits, ask.model_deadline)) ? null : "model";
}

/** Brings every setting to what is wanted; what came of it. */
async function setAll(warn) {
  // A default that cannot be set is nothing the caller needs to hear of.
  const warnOf = (field) => (ask.asked.includes(field) ? warn : () => {});
  await expandAdvanced();
  const before = ask.untouched ? shownSettings() : null;
  await setNumber("temperature", "temperature", ask.temperature, warnOf("temperature"));
  await setNumber("top_p", "top_p", ask.top_p, warnOf("top_p"));
  await setNumber("max_tokens", "max_tokens", ask.max_tokens, warnOf("max_tokens"));
  const no_stops = await setStops(ask.stop, warn);
  const levels = await setThinking(ask.thinking, warnOf("effort"));
  await expandTools();
  await toolsOff();
  const functions = await setFunctions();
  const structured = await setStructured();
  await toolsOn(warnOf);
  const choice = await setChoices(warnOf);
  const safety = await setSafety(warn);
  const level = levelOf(first("thinking_level"));
  return { touched: true, functions, before, no_stops, levels, level, structured, tools: toolsShown(), choice, ...safety };
}

/** Brings the page from wherever it is to a filled form with an enabled Run button. */
async function prepare() {
  const warnings = [];
  const warn = (text) => void warnings.push(text);
  // The prompt needs the rest of the time, however long the settings take.
  over -= FOR_THE_PROMPT;
  const now = await idle();
  const result = (more) => ({ ...now, warnings, problem: null, ...more });
  if (now.state !== "ready") return result();
  // What the page shows by then says why.
  const stuck = (problem, more) => result({ ...state(), problem, ...more });
  await dismiss();
  // What the page said of an earlier run must not be taken for what it says of this one.
  all("toast").forEach((el) => el.remove());
  if (!first("model_name")) await openPanel();
  const wrong = await rightChat();
  if (wrong) return stuck(wrong, { model: modelShown() });
  if (ask.temporary) await temporaryChat(warn);
  const wasTemporary = isTemporary();
  const set = await setAll(warn);
  // Whoever asked hears of it, or asks in another way.
  const untaken = [set.functions, set.structured].some(({ outcome }) => !["off", "set"].includes(outcome));
  if (set.choice || untaken) return result(set);
  const inBox = await setSystem(ask.system, warn);
  if (!inBox && ask.system && ask.fresh) warn("the page has no box for system instructions; they were put before the prompt");
  const text = inBox || !ask.fresh || !ask.system ? ask.prompt : `${ask.system}\n\n${ask.prompt}`;
  if (ask.temporary && wasTemporary && !isTemporary()) await temporaryChat(warn);
  over += FOR_THE_PROMPT;
  const problem = await (ask.results.length ? fillResults() : fill(text));
  const filled = { ...set, turns: turns(), system_in_box: inBox };
  return problem ? stuck(problem, filled) : result({ ...filled, prompt: first("prompt"), run: first("run") });
}

async function fill(text) {
  for (let round = 0; round < 2; round++) {
    const box = first("prompt");
    if (!box) return "no_prompt";
    setValue(box, text);
    first("prompt_mirror", { hidden: true })?.setAttribute("data-value", text);
    const ready = () => first("prompt")?.value.length === text.length && !off(first("run"));
    if (await until(ready, round ? 8000 : 2000)) return null;
  }
  if (first("prompt")?.value.length !== text.length) return "no_prompt";
  return first("run") ? "run_disabled" : "no_run";
}

/** Chooses a model in the page's own list; whether it shows it then. */
async function pick() {
  await dismiss();
  first("model_picker")?.click();
  // A row says more than the name, and a longer name may begin with this one.
  const names = (el) => [el, ...el.querySelectorAll("*")].some((part) => ask.names.some((name) => says(part, `=${name}`)));
  const contains = (el) => ask.names.some((name) => words(el).includes(name));
  const row = () => all("model_row").find(names) || all("model_row").find(contains);
  (await until(row, 3000))?.click();
  return !!(await until(modelFits, 3000));
}

/** Writes the model into the page's own stored preference, which the next load opens with. */
function prefer() {
  const name = "aiStudioUserPreference";
  const kept = JSON.parse(localStorage.getItem(name) || "{}");
  localStorage.setItem(name, JSON.stringify({ ...kept, promptModel: `models/${ask.model}`, isAdvancedOpen: true }));
  return true;
}
