// Files in the prompt: giving them to the page, its consent, their state, and taking them out again. Needs
// library.js before it.

/** What stands around the prompt, up to where the rest of the page begins. */
function promptArea() {
  const rest = ["turn", "settings_panel", "model_name", "new_chat", "account_email"].flatMap((purpose) => all(purpose, { hidden: true }));
  let area = first("prompt");
  while (area?.parentElement && !rest.some((el) => area.parentElement.contains(el))) area = area.parentElement;
  return area;
}

/** The files in the prompt; those of turns are not among them, nor other chips that can be removed. The fallback
 * that finds most of them counts. */
function attachments() {
  const area = promptArea();
  const own = (el) => area?.contains(el) && !el.contains(first("prompt"));
  const found = data.selectors.attachment.map((entry) => matches(entry, document, true).filter(own));
  return found.reduce((most, some) => (some.length > most.length ? some : most), []);
}

/** Takes every file out of the prompt, those that an earlier request left; whether none is there. */
async function dropAttachments() {
  for (let left = attachments().length; left > 0; left = attachments().length) {
    const remove = first("attachment_remove", { root: attachments()[0], hidden: true });
    if (!remove) return false;
    remove.click();
    if (!(await until(() => attachments().length < left, 1500))) return false;
  }
  return true;
}

/** The page's own field for files, as far as it is there. */
const fileInput = () => first("file_input", { hidden: true });

/** Brings the field for files into the page; whether it is there, and whether it takes several at once. */
async function openFiles() {
  if (!fileInput()) {
    const button = await until(() => (off(first("attach")) ? null : first("attach")), 3000);
    button?.click();
    await until(fileInput, button ? 3000 : 0);
  }
  const input = fileInput();
  return { found: !!input, several: !!input?.multiple };
}

/** Puts the menu away that the field for files came with. */
async function closeFiles() {
  const menu = first("attach_menu");
  if (!menu) return;
  key(menu, "Escape", 27);
  if (await until(() => !shown(menu), 500)) return;
  first("menu_backdrop", { hidden: true })?.click();
  await until(() => !shown(menu), 500);
}

/** What the page says against a file, in its own words. */
function refusal() {
  const about = (el) => ["upload_refused", "upload_failed", "quota", "refused"].some((meaning) => hasWords(words(el).toLowerCase(), meaning));
  const chips = attachments().map((chip) => first("attachment_error", { root: chip }));
  const said = [...chips, ...all("toast").filter(about)].find((el) => el && words(el));
  return said ? words(said).slice(0, 400) : null;
}

/** Waits until the prompt holds so many files and Run can be pressed, or the page says why not. Gives the consent
 * it asks for on the way. */
async function awaitFiles() {
  await closeFiles();
  let consent = null;
  const decided = () => {
    const asked = first("upload_consent");
    if (asked) {
      // One that closes slowly is not pressed again.
      if (asked !== consent) asked.click();
      consent = asked;
      return null;
    }
    const why = refusal();
    if (why) return { done: false, why };
    const chips = attachments();
    const busy = chips.some((chip) => first("attachment_busy", { root: chip, hidden: true }));
    return chips.length >= ask.count && !busy && !off(first("run")) ? { done: true, why: null } : null;
  };
  const end = await until(decided, ask.deadline);
  return { done: false, why: null, ...end, consented: !!consent, there: attachments().length };
}
