const [wantedRole, wantedName] = arguments;

const implicit = {
  A: (element) => (element.hasAttribute("href") ? "link" : ""),
  BUTTON: () => "button",
  NAV: () => "navigation",
  MAIN: () => "main",
  SELECT: () => "combobox",
  TEXTAREA: () => "textbox",
  TABLE: () => "table",
  TR: () => "row",
  TD: () => "cell",
  TH: () => "columnheader",
  H1: () => "heading",
  H2: () => "heading",
  H3: () => "heading",
  DIALOG: () => "dialog",
  SUMMARY: () => "button",
  INPUT: (element) =>
    ({ checkbox: "checkbox", radio: "radio", submit: "button", button: "button", range: "slider", number: "textbox" })[
      element.type
    ] ?? "textbox",
};

const roleOf = (element) => element.getAttribute("role") ?? implicit[element.tagName]?.(element) ?? "";
const clean = (text) => (text ?? "").replace(/\s+/g, " ").trim();

function nameOf(element) {
  const by = element.getAttribute("aria-labelledby");
  if (by) return clean(by.split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" "));
  const label = element.getAttribute("aria-label");
  if (label) return clean(label);
  if (element.labels?.length) return clean(element.labels[0].textContent);
  const heard = element.cloneNode(true);
  for (const silent of heard.querySelectorAll("[aria-hidden=true]")) silent.remove();
  return clean(heard.textContent) || clean(element.getAttribute("placeholder")) || clean(element.getAttribute("title"));
}

const visible = (element) => element.checkVisibility?.() ?? element.getClientRects().length > 0;

const fits = (element) => {
  const role = roleOf(element);
  const writable = element.matches("input, textarea") && ["searchbox", "spinbutton", "combobox"].includes(role);
  const sameRole = role === wantedRole || (wantedRole === "textbox" && writable);
  return sameRole && nameOf(element) === wantedName && visible(element) && !element.closest("[inert],[aria-hidden=true]");
};

return [...document.querySelectorAll("*")].find(fits) ?? null;
