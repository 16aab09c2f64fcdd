const english = new Set(arguments[0]);
const names = arguments[1];
const found = new Set();

const key = new RegExp(`^(${names.join("|")})(\\.\\w+)+$`);
const visible = (element) => element.checkVisibility?.() ?? element.getClientRects().length > 0;
const check = (text, where) => {
  const words = (text ?? "").replace(/\s+/g, " ").trim();
  if (english.has(words) || key.test(words)) found.add(`${where}: ${words}`);
};

const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  const parent = node.parentElement;
  if (visible(parent) && !parent.closest("script, style, code, pre, [lang]:not(html)")) check(node.data, parent.tagName.toLowerCase());
}
for (const element of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]")) {
  for (const attribute of ["aria-label", "placeholder", "title", "alt"]) check(element.getAttribute(attribute), attribute);
}

return [...found];
