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
  const text = whole ? ((await editorText(whole)) ?? shownText(whole)) : null;
  const turn = answerTurn();
  const parts = turn ? ["turn_text", "thought"].flatMap((purpose) => all(purpose, { root: turn, hidden: true })) : [];
  const progress = parts.reduce((sum, el) => sum + el.textContent.length, 0);
  return { ...look(), text, progress };
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
