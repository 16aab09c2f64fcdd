// Functions that the model may call: their declarations, and the results of calls. Needs library.js, form.js and
// tools.js before it.

/**
 * Brings the declarations into the page's editor: "off" where none are wanted, "set", "missing" where the page has
 * no way to take them, "barred" where it has one that cannot be used now, or the words with which the editor refused
 * them.
 */
async function setFunctions() {
  const wanted = ask.declarations;
  if (wanted == null) {
    await setSwitch("functions_switch", false);
    return { outcome: "off" };
  }
  const box = first("functions_switch");
  if (!box) return { outcome: "missing" };
  // What kept it from being switched on may just have been switched off.
  if (!(await until(() => !off(first("functions_switch")), 1000))) return { outcome: "barred" };
  // A page that was switched off meanwhile may have lost them.
  if (isOn(box) && ask.declared === wanted) return { outcome: "set" };
  if (!(await setSwitch("functions_switch", true))) return { outcome: "barred" };
  const outcome = await declare(wanted);
  if (outcome.outcome !== "set") await setSwitch("functions_switch", false);
  return outcome;
}

async function declare(wanted) {
  const edit = await until(() => (off(first("functions_edit")) ? null : first("functions_edit")), 1500);
  edit?.click();
  if (!edit || !(await until(() => first("functions_box") || first("functions_tab"), 3000))) return { outcome: "missing" };
  // The editor may open with another way of editing in front.
  if (!first("functions_box")) first("functions_tab").click();
  const box = await until(() => first("functions_box"), 1500);
  if (!box) return leaveFunctions({ outcome: "missing" });
  setValue(box, wanted);
  const complains = () => first("functions_error");
  const save = await until(() => complains() || (off(first("functions_save")) ? null : first("functions_save")), 1500);
  if (!save) return leaveFunctions({ outcome: "missing" });
  if (!complains()) save.click();
  await until(() => complains() || !first("functions_box"), 5000);
  if (complains()) return leaveFunctions({ outcome: "refused", words: words(complains()).slice(0, 400) });
  return first("functions_box") ? leaveFunctions({ outcome: "missing" }) : { outcome: "set" };
}

async function leaveFunctions(outcome) {
  const open = () => first("functions_box") || first("functions_tab");
  (first("functions_cancel") || first("dialog_close"))?.click();
  if (!(await until(() => !open(), 1000))) key(document.activeElement || document.body, "Escape", 27);
  await until(() => !open(), 1000);
  return outcome;
}

/** Gives the results of the calls that the chat ends with to the page; null, or what is missing: every box, or the right
 * ones. */
async function fillResults() {
  const boxes = await until(() => {
    const found = all("result_box");
    return found.length === ask.results.length ? found : null;
  }, 3000);
  if (!boxes) return first("result_box") ? "no_results" : "no_boxes";
  const told = all("call_name").slice(-boxes.length).map(withoutIcons);
  if (told.length === boxes.length && told.some((name, index) => name !== ask.results[index].name)) return "no_results";
  // The page may draw the others anew with each.
  ask.results.forEach((result, index) => setValue(all("result_box")[index] || boxes[index], result.text));
  if (ask.prompt) {
    const problem = await fill(ask.prompt);
    if (problem) return problem;
  }
  const taken = () => all("result_box").every((box, index) => box.value === ask.results[index].text);
  if (!(await until(() => taken() && !off(first("run")), 5000))) return "no_results";
  return null;
}
