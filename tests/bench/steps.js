// The steps of a loop of functions by the shortest way: each is taken as soon as the page lets it.

const PROMPT = 'ms-prompt-box textarea';
const RUN = 'ms-run-button button[type="submit"]';
const SWITCH = '[data-test-id="functionCallingTooltip"] button[role="switch"]';
const TOOLS = 'button[aria-label="Expand or collapse tools"]';
const EDITOR = 'textarea[aria-label="Function declarations code editor"]';

const find = (css) => document.querySelector(css);
const boxes = () => document.querySelectorAll('ms-function-call-chunk textarea[aria-label="Function response"]');
const ready = (el) => (el && !el.disabled && el.getAttribute("aria-disabled") !== "true" ? el : null);

const until = (holds) =>
  new Promise((resolve) => {
    const look = () => {
      const value = holds();
      if (!value) return;
      observer.disconnect();
      resolve(value);
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { subtree: true, childList: true, attributes: true });
    look();
  });

const press = async (css) => (await until(() => ready(find(css)))).click();

function type(box, text) {
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, text);
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

/** A new temporary chat, which has nothing declared. */
async function begin() {
  await until(() => find(PROMPT));
  if (!find("ms-chat-turn")) return;
  await press('button[aria-label="New chat"]');
  await press('[role="dialog"] button.ms-button-primary');
  await until(() => !find("ms-chat-turn"));
  if (find("button[data-test-incognito-toggle]").getAttribute("aria-pressed") !== "true") await press("button[data-test-incognito-toggle]");
}

async function declare(functions) {
  if (!(await until(() => find(SWITCH) || find(TOOLS))).matches(SWITCH)) await press(TOOLS);
  await press(SWITCH);
  await press('button[aria-label="Edit function declarations"]');
  await press('[role="dialog"] [role="tab"]:nth-of-type(2)');
  type(await until(() => find(EDITOR)), functions);
  await press('button[aria-label="Save the current function declarations"]');
  await until(() => !find(EDITOR));
}

async function ask(prompt) {
  type(find(PROMPT), prompt);
  await press(RUN);
}

async function answer(results) {
  await until(() => boxes().length === results.length);
  results.forEach((result, at) => type(boxes()[at], result));
  await press(RUN);
}
