// Reading off the page: the answer as a last resort, and what is kept of failures. Needs library.js before it.

// --- the last resort: reading the answer off the page ----------------------------------------------------

/** The turn that answers the prompt which followed `ask.turns` turns, once it is there. */
function answerTurn() {
  const turn = last("turn", { hidden: true });
  const answers = turns() > ask.turns + 1 && all("model_turn", { hidden: true }).includes(turn);
  return answers ? turn : null;
}

/** The answer once it is whole, and until then how much there is of it and of the thoughts. */
async function readAnswer() {
  const whole = await until(() => !first("stop") && answerTurn(), ask.deadline);
  const calls = whole ? all("call", { root: whole, hidden: true }) : [];
  // A turn that is edited has no boxes for the results of its calls.
  const edited = whole && !calls.length ? await editorText(whole) : null;
  const text = whole ? (edited ?? shownText(whole, calls)) : null;
  const turn = answerTurn();
  const parts = turn ? ["turn_text", "thought", "call"].flatMap((purpose) => all(purpose, { root: turn, hidden: true })) : [];
  const progress = parts.reduce((sum, el) => sum + el.textContent.length, 0);
  return { ...look(), text, calls: calls.map(shownCall), progress };
}

function shownCall(call) {
  const name = first("call_name", { root: call, hidden: true });
  const written = first("call_arguments", { root: call, hidden: true });
  return { name: name && withoutIcons(name), arguments: written && written.textContent };
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

function shownText(turn, calls) {
  const parts = all("turn_text", { root: turn, hidden: true });
  const called = (el) => calls.some((call) => el.contains(call) || call.contains(el));
  const spoken = parts.filter((el) => !called(el) && !data.selectors.thought.some((css) => el.closest(css)));
  return spoken.map((el) => withoutThoughts(el).textContent.trim()).filter((text) => text).join("\n\n");
}

function withoutThoughts(el) {
  const copy = el.cloneNode(true);
  data.selectors.thought.forEach((css) => copy.querySelectorAll(css).forEach((thought) => thought.remove()));
  return copy;
}

// --- self-test and snapshots -------------------------------------------------------------------------------

/** What is used though it is not shown. */
const UNSEEN = ["file_input", "prompt_mirror", "turn", "model_turn", "turn_text", "thought", "edit", "edit_done", "temporary_on", "account_email"];

/** Which entry finds something where the purpose is looked for, or null. */
function rankOf(purpose) {
  const outer = ask.within[purpose];
  // Much looks like a file that is none, so that it is looked for around the prompt only.
  const around = purpose === "attachment" ? [promptArea()].filter((area) => area) : [document];
  const roots = outer ? all(outer, { hidden: true }) : around;
  const finds = (entry) => roots.some((root) => matches(entry, root, UNSEEN.includes(purpose)).length);
  const rank = data.selectors[purpose].findIndex(finds);
  return rank < 0 ? null : rank;
}

/** Opens a part of the page; returns what closes it again, unless it was open before. */
async function unfold(header, isOpen, open) {
  const before = isOpen();
  await open();
  return async () => {
    if (before || !isOpen()) return;
    first(header)?.click();
    await until(() => !isOpen(), 1500);
  };
}

/** What finds something on the page as it is, in its sections and behind its doors; leaves all of them as they were. */
async function selfTest() {
  await dismiss();
  const found = {};
  const note = (purposes) => purposes.forEach((purpose) => (found[purpose] ??= rankOf(purpose)));
  const closePanel = await unfold("settings_open", () => first("settings_panel"), openPanel);
  const foldAdvanced = await unfold("advanced_section", () => first("stop_input") || first("max_tokens"), expandAdvanced);
  const foldTools = await unfold("tools_section", () => anyTool() || first("tools_expanded"), expandTools);
  note(Object.keys(data.selectors));
  const shut = [];
  let open = false;
  for (const door of ask.doors.filter(({ unless }) => found[unless] == null)) {
    const leave = await enter(door);
    if (!leave) shut.push(door.opener);
    note(door.holds);
    if (leave && !(await leave())) open = true;
  }
  await foldTools();
  await foldAdvanced();
  await closePanel();
  return { ...state(), model: modelShown(), found, shut, open };
}

/** Opens a door; returns what closes it again and says whether that worked, or null where it does not open. */
async function enter({ opener, sign, closer }) {
  const button = first(opener);
  if (off(button)) return null;
  const covers = all("dialog").length;
  const closed = () => !first(sign) && all("dialog").length <= covers && !first("backdrop");
  if (!closed()) return null;
  button.click();
  // A door whose sign is no longer known may be open all the same.
  await until(() => first(sign), 2000);
  const ways = [
    () => closer && first(closer)?.click(),
    () => key(document.activeElement || document.body, "Escape", 27),
    () => first("dialog_close")?.click(),
    () => first("backdrop")?.click(),
  ];
  return async () => {
    for (const way of ways) {
      if (closed()) return true;
      way();
      await until(closed, 700);
    }
    return closed();
  };
}

/** Entries that are no CSS. */
function wrongCss() {
  const nothing = document.createDocumentFragment();
  const wrong = (entry) => {
    try {
      nothing.querySelector(entry.split(" :: ")[0]);
      return false;
    } catch {
      return true;
    }
  };
  const ofDialogs = Object.values(data.dialogs).flatMap(({ when, click }) => [...when, ...click]);
  return [...Object.values(data.selectors).flat(), ...ofDialogs].filter(wrong).map((entry) => ({ entry }));
}

/** Hides every text that is not the page's own, and gives an outline without any of it. */
function redact() {
  const style = document.createElement("style");
  style.setAttribute("data-redaction", "");
  const private_ = ["turn", "prompt", "system_box", "system_preview", "account_email", "editor", "stop_chip", "chat_title", "chat_link"];
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
  // Labels in here quote what people wrote.
  const theirs = ["turn", "stop_chip", "chat_title", "chat_link"]
    .flatMap((purpose) => data.selectors[purpose])
    .filter((css) => !css.includes(" :: ") && CSS.supports(`selector(${css})`))
    .join(",");
  const walk = (el, depth) => {
    if (lines.length >= 4000 || ["SCRIPT", "STYLE", "SVG", "svg", "NOSCRIPT"].includes(el.tagName)) return;
    const marks = ["role", "aria-checked", "aria-pressed", "aria-expanded", "aria-disabled", "type", "disabled"];
    const named = [...el.attributes].filter((a) => marks.includes(a.name) || a.name.startsWith("data-test"));
    const label = el.getAttribute("aria-label");
    const own = label && !label.includes("@") && label.length <= 60 && !el.closest(theirs);
    const text = named.map((a) => `[${a.name}=${JSON.stringify(a.value.slice(0, 60))}]`).join("");
    const classes = [...el.classList].map((name) => `.${name}`).join("");
    lines.push(`${"  ".repeat(depth)}${el.tagName.toLowerCase()}${classes}${text}${own ? `[aria-label=${JSON.stringify(label)}]` : ""}${shown(el) ? "" : " (hidden)"}`);
    for (const child of el.children) walk(child, depth + 1);
  };
  if (document.body) walk(document.body, 0);
  return lines.join("\n");
}
