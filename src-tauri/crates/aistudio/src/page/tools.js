// The tools section: what the provider runs itself, and the form of answers. Needs library.js and form.js
// before it.

/** Each tool with what it is called in a warning. */
const TOOLS = { search: "Google Search", url_context: "URL context", code_execution: "code execution", maps: "Google Maps" };

const toolSwitch = (name) => first(`${name}_switch`);
const anyTool = () => Object.keys(TOOLS).some(toolSwitch) || first("structured_switch");

/** Brings the switches of the section into the document. */
async function expandTools() {
  const there = () => anyTool() || first("tools_expanded");
  if (there() || !first("tools_section")) return;
  first("tools_section").click();
  await until(there, 1500);
}

/** Switches off what is not wanted. It comes first: what is on keeps other things from being switched on. */
async function toolsOff() {
  for (const name of Object.keys(TOOLS)) {
    if (!ask.tools[name]) await setSwitch(`${name}_switch`, false);
  }
  if (!ask.structure) await setSwitch("structured_switch", false);
}

async function toolsOn(warnOf) {
  for (const name of Object.keys(TOOLS).filter((name) => ask.tools[name])) {
    if (!toolSwitch(name)) warnOf(name)(`the page offers no ${TOOLS[name]} with this model`);
    else if (!(await setSwitch(`${name}_switch`, true))) warnOf(name)(`the page did not switch ${TOOLS[name]} on`);
  }
}

/** What the switches show: null for one that is not there. */
const toolsShown = () =>
  Object.fromEntries(Object.keys(TOOLS).map((name) => [name, toolSwitch(name) ? isOn(toolSwitch(name)) : null]));

/**
 * Puts the form of the answer into the page's editor: "off", "set", "missing" where the page has no way to,
 * or the words with which the editor refused it.
 */
async function setStructured() {
  const wanted = ask.structure;
  if (!wanted) return { outcome: "off" };
  // What kept it from being switched on may just have been switched off.
  if (first("structured_switch")) await until(() => !off(first("structured_switch")), 1000);
  if (off(first("structured_switch")) || !(await setSwitch("structured_switch", true))) return { outcome: "missing" };
  if (wanted.known) return { outcome: "set" };
  const outcome = await editSchema(wanted.schema);
  if (outcome.outcome !== "set") await setSwitch("structured_switch", false);
  return outcome;
}

async function editSchema(schema) {
  const edit = await until(() => (off(first("structured_edit")) ? null : first("structured_edit")), 1500);
  edit?.click();
  if (!edit || !(await until(() => first("structured_box") || first("structured_tab"), 3000))) return { outcome: "missing" };
  // The editor may open with another way of editing in front.
  if (!first("structured_box")) first("structured_tab").click();
  const box = await until(() => first("structured_box"), 1500);
  if (!box) return closeEditor({ outcome: "missing" });
  if (box.value === schema) return closeEditor({ outcome: "set" });
  setValue(box, schema);
  const complains = () => first("structured_error");
  const save = await until(() => complains() || (off(first("structured_save")) ? null : first("structured_save")), 1500);
  if (!save) return closeEditor({ outcome: "missing" });
  if (!complains()) save.click();
  await until(() => complains() || !first("structured_box"), 3000);
  if (complains()) return closeEditor({ outcome: "refused", words: words(complains()).slice(0, 400) });
  return first("structured_box") ? closeEditor({ outcome: "missing" }) : { outcome: "set" };
}

async function closeEditor(outcome) {
  const box = first("structured_box");
  (first("structured_cancel") || first("dialog_close"))?.click();
  if (!(await until(() => !shown(box), 1000))) key(document.activeElement || document.body, "Escape", 27);
  await until(() => !shown(box), 1000);
  return outcome;
}
