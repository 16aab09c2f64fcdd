// The operations that run inside the page. `data` holds the selectors, texts and rules (selectors.toml),
// `ask` what is wanted. Nothing stays behind in the page: every call brings its own copy.
"use strict";

const shown = (el) =>
  !!el && el.isConnected && el.getClientRects().length > 0 && getComputedStyle(el).visibility !== "hidden";
const words = (el) => (el.textContent || "").replace(/\s+/g, " ").trim();
const off = (el) => !el || el.disabled || el.getAttribute("aria-disabled") === "true";
const isOn = (el) => (el.getAttribute("aria-checked") ?? el.getAttribute("aria-pressed")) === "true";
const lower = (text) => text.trim().toLowerCase();

// --- finding -------------------------------------------------------------------------------------------

function says(el, text) {
  const exact = text.startsWith("=");
  const wanted = lower(exact ? text.slice(1) : text);
  const own = [words(el), el.getAttribute("aria-label") || "", withoutIcons(el)].map(lower);
  return own.some((words) => (exact ? words === wanted : words.includes(wanted)));
}

function withoutIcons(el) {
  const copy = el.cloneNode(true);
  copy.querySelectorAll("mat-icon, .material-symbols-outlined, .material-icons, svg, button").forEach((icon) => icon.remove());
  return words(copy);
}

function matches(entry, root, hidden) {
  const [css, text] = entry.split(" :: ");
  try {
    return [...root.querySelectorAll(css)].filter((el) => (hidden || shown(el)) && (!text || says(el, text)));
  } catch {
    return [];
  }
}

/** Everything that the first fitting fallback finds. */
function all(purpose, { root = document, hidden = false } = {}) {
  for (const entry of data.selectors[purpose] || []) {
    const found = matches(entry, root, hidden);
    if (found.length) return found;
  }
  return [];
}

const first = (purpose, options) => all(purpose, options)[0] || null;
const last = (purpose, options) => all(purpose, options).at(-1) || null;

// --- waiting -------------------------------------------------------------------------------------------

/** Resolves with the first truthy value of `test`, or with null at the deadline. */
function until(test, deadline) {
  return new Promise((resolve) => {
    const value = test();
    if (value) return resolve(value);
    let observer, clock, end;
    const stop = (value) => {
      observer.disconnect();
      clearInterval(clock);
      clearTimeout(end);
      resolve(value);
    };
    const look = () => {
      const value = test();
      if (value) stop(value);
    };
    observer = new MutationObserver(look);
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    // Values of inputs and the layout change without a mutation.
    clock = setInterval(look, 50);
    end = setTimeout(() => stop(test() || null), deadline);
  });
}

// --- acting --------------------------------------------------------------------------------------------

function setValue(el, value) {
  const kind = el instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
  Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(el, value);
  el.dispatchEvent(new Event("input", { bubbles: true }));
  el.dispatchEvent(new Event("change", { bubbles: true }));
}

function key(el, name, code) {
  for (const type of ["keydown", "keyup"]) {
    el.dispatchEvent(new KeyboardEvent(type, { key: name, code: name, keyCode: code, which: code, bubbles: true, cancelable: true }));
  }
}

/** Puts away whatever lies over the page. Returns what it put away. */
async function dismiss() {
  const gone = [];
  for (let round = 0; round < 4; round++) {
    const rule = Object.entries(data.dialogs).find(([, rule]) => putAway(rule));
    if (!rule) break;
    gone.push(rule[0]);
    await until(() => !rule[1].when.some((entry) => matches(entry, document, false).length), 1000);
  }
  for (let round = 0; round < 3 && first("backdrop"); round++) {
    const before = first("backdrop");
    key(document.activeElement || document.body, "Escape", 27);
    if (await until(() => !shown(before), 500)) continue;
    const close = first("dialog_close");
    (close || before).click();
    await until(() => !shown(before), 500);
    gone.push("overlay");
  }
  return gone;
}

function putAway(rule) {
  const found = rule.when.flatMap((entry) => matches(entry, document, false));
  if (!found.length) return false;
  if (rule.remove) {
    found.forEach((el) => el.remove());
    return true;
  }
  if (rule.click_itself) {
    found[0].click();
    return true;
  }
  const button = rule.click.flatMap((entry) => matches(entry, document, false))[0];
  if (button) button.click();
  return !!button;
}

// --- what is going on ------------------------------------------------------------------------------------

const hasWords = (text, meaning) => (data.texts[meaning] || []).some((word) => text.includes(word.toLowerCase()));

function state() {
  const title = document.title.toLowerCase();
  if (data.urls.sign_in_hosts.includes(location.hostname)) {
    const act = data.urls.verification_paths.some((part) => location.pathname.includes(part));
    return { state: act ? "verification" : "sign_in", why: document.title };
  }
  if (first("captcha")) return { state: "captcha", why: "a captcha" };
  if (first("prompt")) return { state: first("stop") ? "generating" : "ready" };
  if (document.readyState === "loading") return { state: "loading" };
  if (hasWords(title, "title_sign_in") || location.pathname.includes("/ServiceLogin")) return { state: "sign_in", why: document.title };
  const body = (document.body?.innerText || "").slice(0, 20000).toLowerCase();
  for (const meaning of ["captcha", "region_blocked", "restricted"]) {
    if (hasWords(title, meaning) || hasWords(body, meaning)) return { state: meaning, why: document.title };
  }
  if (hasWords(title, "title_blocked")) return { state: "blocked", why: document.title };
  return { state: "unknown" };
}

function notices() {
  const found = ["toast", "callout", "turn_error"].map((purpose) => last(purpose)).filter((el) => el);
  return found.map((el) => words(el).slice(0, 400));
}

const look = () => ({
  ...state(),
  notices: notices(),
  turns: all("turn", { hidden: true }).length,
  prompt_left: first("prompt")?.value.length || 0,
});

/** Waits until the page shows something that asks for a decision. */
async function settle(deadline = ask.deadline) {
  const decided = () => {
    const now = state();
    return ["loading", "unknown"].includes(now.state) ? null : now;
  };
  return (await until(decided, deadline)) || state();
}

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

async function temporaryChat(warn) {
  if (first("temporary_on", { hidden: true })) return;
  const press = async () => {
    first("temporary_toggle")?.click();
    return until(() => first("temporary_on", { hidden: true }), 2000);
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

async function expandAdvanced() {
  if (first("stop_input") || first("max_tokens")) return;
  const header = first("advanced_section");
  if (!header || header.getAttribute("aria-expanded") === "true") return;
  header.click();
  await until(() => first("stop_input") || first("max_tokens"), 1500);
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

async function setStops(wanted, warn) {
  const plain = wanted.map((text) => text.replace(/\s+/g, " ").trim());
  const same = () => JSON.stringify(chips().sort()) === JSON.stringify([...plain].sort());
  if (same()) return;
  for (let left = chips().length; left > 0; left = chips().length) {
    first("stop_chip_remove")?.click();
    if (!(await until(() => chips().length < left, 1000))) break;
  }
  for (const text of wanted) {
    const input = first("stop_input");
    if (off(input)) return warn("the page offers no control for stop with this model");
    const before = chips().length;
    setValue(input, text);
    key(input, "Enter", 13);
    if (!(await until(() => chips().length > before, 1000))) warn(`the page did not take the stop text ${JSON.stringify(text)}`);
  }
  if (!wanted.length && chips().length) warn("the page kept stop texts of an earlier chat");
}

async function setSwitch(purpose, wanted) {
  const el = first(purpose);
  if (!el || isOn(el) === wanted) return !!el;
  if (off(el)) return false;
  el.click();
  return !!(await until(() => first(purpose) && isOn(first(purpose)) === wanted, 1500));
}

const RANKS = ["minimal", "low", "medium", "high"];

async function setLevel(rank, warn) {
  const box = first("thinking_level");
  const now = lower(withoutIcons(box));
  if (now === RANKS[rank] || (ask.levels && now === choose(ask.levels, rank))) return ask.levels;
  box.click();
  await until(() => first("level_option"), 1500);
  const options = all("level_option");
  const names = options.map((el) => lower(withoutIcons(el))).filter((name) => RANKS.includes(name));
  const name = choose(names, rank);
  const option = options.find((el) => lower(withoutIcons(el)) === name);
  if (!option) {
    key(box, "Escape", 27);
    warn("the page offers no thinking level that Postern knows");
    return null;
  }
  option.click();
  const set = await until(() => lower(withoutIcons(first("thinking_level"))).includes(name) && !first("level_option"), 1500);
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
    level: level ? RANKS.indexOf(lower(withoutIcons(level))) : -1,
    thinks: toggle ? isOn(toggle) : null,
    budget: manual && isOn(manual) ? numberOf("budget_input") : null,
  };
}

/** Whether the system instructions are in their box. */
async function setSystem(wanted, warn) {
  let box = first("system_box");
  const preview = first("system_preview") ? words(first("system_preview")) : "";
  const bare = !preview || data.texts.system_placeholder.some((text) => lower(preview) === lower(text) || preview.startsWith(text));
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

/** Brings the page from wherever it is to a filled form with an enabled Run button. */
async function prepare() {
  const warnings = [];
  const warn = (text) => void warnings.push(text);
  // A default that cannot be set is nothing the caller needs to hear of.
  const warnOf = (field) => (ask.asked.includes(field) ? warn : () => {});
  const result = (more) => ({ ...state(), warnings, problem: null, ...more });
  await until(() => state().state !== "generating", 1500);
  const now = await settle(2000);
  if (now.state !== "ready") return result();
  await dismiss();
  if (!first("model_name")) await openPanel();
  if (ask.fresh && !(await freshChat())) return result({ problem: "not_fresh" });
  if (!ask.fresh && !turns()) return result({ problem: "not_fresh" });
  if (!(await until(modelFits, ask.model_deadline))) return result({ problem: "model", model: modelShown() });
  if (ask.temporary) await temporaryChat(warn);
  await expandAdvanced();
  const before = shownSettings();
  await setNumber("temperature", "temperature", ask.temperature, warnOf("temperature"));
  await setNumber("top_p", "top_p", ask.top_p, warnOf("top_p"));
  await setNumber("max_tokens", "max_tokens", ask.max_tokens, warnOf("max_tokens"));
  await setStops(ask.stop, warn);
  const levels = await setThinking(ask.thinking, warnOf("effort"));
  const inBox = await setSystem(ask.system, warn);
  if (!inBox && ask.system && ask.fresh) warn("the page has no box for system instructions; they were put before the prompt");
  const text = inBox || !ask.fresh || !ask.system ? ask.prompt : `${ask.system}\n\n${ask.prompt}`;
  const problem = await fill(text);
  return result({ problem, before, levels, system_in_box: inBox, prompt_css: cssOfPrompt() });
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

/** A selector whose first match is the prompt, for keys that the browser itself presses. */
function cssOfPrompt() {
  const box = first("prompt");
  const fits = (entry) => !entry.includes(" :: ") && document.querySelector(entry) === box;
  return data.selectors.prompt.find(fits) || null;
}

/** Chooses a model in the page's own list; whether it shows it then. */
async function pick() {
  await dismiss();
  first("model_picker")?.click();
  const row = () => all("model_row").find((el) => ask.names.some((name) => says(el, `=${name}`) || words(el).includes(name)));
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

/** Presses Stop; whether the page is idle afterwards. */
async function stop() {
  if (ask.expected) await until(() => first("stop"), 300);
  first("stop")?.click();
  return !!(await until(() => !first("stop"), ask.deadline));
}

// --- the last resort: reading the answer off the page ----------------------------------------------------

async function readAnswer() {
  const done = await until(() => !first("stop") && turns() > 0, ask.deadline);
  if (!done) return { done: false, text: "", notices: notices() };
  const turn = last("model_turn", { hidden: true });
  const text = (await editorText(turn)) ?? shownText(turn);
  return { done: true, text, notices: notices() };
}

async function editorText(turn) {
  const edit = first("edit", { root: turn, hidden: true });
  if (!edit) return null;
  edit.click();
  const box = await until(() => first("editor", { root: turn }), 1500);
  const text = box ? box.value : null;
  (first("edit_done", { root: turn, hidden: true }) || edit).click();
  return text || null;
}

function shownText(turn) {
  const parts = all("turn_text", { root: turn, hidden: true });
  const spoken = parts.filter((el) => !data.selectors.thought.some((css) => el.closest(css)));
  return spoken.map((el) => el.textContent.trim()).filter((text) => text).join("\n\n");
}

// --- self-test and snapshots -------------------------------------------------------------------------------

async function selfTest() {
  await dismiss();
  await openPanel();
  await expandAdvanced();
  return Object.entries(data.selectors).map(([purpose, entries]) => {
    const entry = entries.find((entry) => matches(entry, document, true).length);
    return { purpose, selector: entry || null };
  });
}

/** Hides every text that is not the page's own, and gives an outline without any of it. */
function redact() {
  const style = document.createElement("style");
  style.setAttribute("data-redaction", "");
  const private_ = ["turn", "prompt", "system_box", "system_preview", "account_email", "editor", "stop_chip"];
  const css = private_.flatMap((purpose) => data.selectors[purpose].map((entry) => entry.split(" :: ")[0]));
  const hide = [...css, "textarea", "input:not([type=number])", "[aria-label*='@']", "img", "canvas"];
  style.textContent = hide
    .flatMap((entry) => [`${entry}`, `${entry} *`])
    .filter((entry) => CSS.supports(`selector(${entry})`))
    .map((entry) => `${entry}{color:transparent !important;-webkit-text-fill-color:transparent !important;text-shadow:none !important;background-image:none !important;caret-color:transparent !important}` +
      (entry === "img" || entry === "canvas" ? `${entry}{visibility:hidden !important}` : ""))
    .join("\n");
  // Addresses of people anywhere else on the page.
  for (const el of document.querySelectorAll("body *")) {
    const own = [...el.childNodes].some((node) => node.nodeType === 3 && node.data.includes("@"));
    if (own) el.setAttribute("data-redacted", "");
  }
  style.textContent += "[data-redacted]{color:transparent !important}";
  document.documentElement.append(style);
  return outline();
}

function unredact() {
  document.querySelectorAll("style[data-redaction]").forEach((el) => el.remove());
  document.querySelectorAll("[data-redacted]").forEach((el) => el.removeAttribute("data-redacted"));
  return true;
}

function outline() {
  const lines = [];
  const walk = (el, depth) => {
    if (lines.length >= 4000 || ["SCRIPT", "STYLE", "SVG", "svg", "NOSCRIPT"].includes(el.tagName)) return;
    const marks = ["role", "aria-checked", "aria-pressed", "aria-expanded", "aria-disabled", "type", "disabled"];
    const named = [...el.attributes].filter((a) => marks.includes(a.name) || a.name.startsWith("data-test"));
    // A label may quote what the user wrote; the page's own ones are short and on controls.
    const label = el.getAttribute("aria-label");
    const own = label && !label.includes("@") && label.length <= 60 && !el.closest("ms-chat-turn, mat-chip");
    const text = named.map((a) => `[${a.name}=${JSON.stringify(a.value.slice(0, 60))}]`).join("");
    const classes = [...el.classList].map((name) => `.${name}`).join("");
    lines.push(`${"  ".repeat(depth)}${el.tagName.toLowerCase()}${classes}${text}${own ? `[aria-label=${JSON.stringify(label)}]` : ""}${shown(el) ? "" : " (hidden)"}`);
    for (const child of el.children) walk(child, depth + 1);
  };
  if (document.body) walk(document.body, 0);
  return lines.join("\n");
}
