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

/** When this call must be over, however much it waits for: the browser ends a script that takes longer. */
let over = performance.now() + 22000;

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
    const left = Math.max(0, Math.min(deadline, over - performance.now()));
    end = setTimeout(() => stop(test() || null), left);
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
  // What does not go away is tried once; what comes again is put away again, but not for ever.
  const stays = new Set();
  for (let round = 0; round < 12; round++) {
    const rule = Object.entries(data.dialogs).find(([name, rule]) => !stays.has(name) && putAway(rule));
    if (!rule) break;
    gone.push(rule[0]);
    const away = () => !rule[1].when.some((entry) => matches(entry, document, false).length);
    if (!(await until(away, 1000))) stays.add(rule[0]);
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
  if (location.protocol === "chrome-error:") return { state: "unreachable", why: document.title };
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

/** An address of a person, as the label or the text of an element shows it. */
const ADDRESS = /[^\s()<>@,;:"]+@[^\s()<>@,;:"]+\.[^\s()<>@,;:".]+/;

/** Whose account the page belongs to. */
function owner() {
  for (const entry of data.selectors.account_email) {
    for (const el of matches(entry, document, true)) {
      const found = `${el.getAttribute("aria-label") || ""} ${words(el)}`.match(ADDRESS);
      if (found) return found[0];
    }
  }
  return null;
}

/** How long a sign-in page must stay to count: one that finds the session in order sends straight back. */
const SIGN_IN_STAYS = 3000;

/** Waits until the page shows something that asks for a decision. */
async function settle(deadline = ask.deadline) {
  const end = performance.now() + deadline;
  const decided = () => {
    const now = state();
    return ["loading", "unknown"].includes(now.state) ? null : now;
  };
  const now = (await until(decided, deadline)) || state();
  if (now.state === "ready") return { ...now, owner: await until(owner, ask.owner_deadline || 0) };
  if (now.state !== "sign_in") return now;
  await until(() => state().state !== "sign_in", Math.min(SIGN_IN_STAYS, end - performance.now()));
  return state();
}

/** Presses Stop; whether the page is idle afterwards. */
async function stop() {
  const button = ask.expected ? await until(() => first("stop"), 300) : first("stop");
  if (ask.expected && !button) return false;
  button?.click();
  return !!(await until(() => !first("stop"), ask.deadline));
}
