const wide = document.documentElement.clientWidth;
const found = [];

const scrolls = (element) => /auto|scroll/.test(getComputedStyle(element).overflowX);
const hidden = (element) => getComputedStyle(element).textOverflow === "ellipsis" || element.closest(".sr-only");

for (const element of document.querySelectorAll("body *")) {
  if (!(element.checkVisibility?.() ?? true)) continue;
  const box = element.getBoundingClientRect();
  if (box.width === 0 || box.height === 0) continue;
  let inScroller = false;
  for (let up = element.parentElement; up; up = up.parentElement) inScroller ||= scrolls(up);
  const name = `${element.tagName.toLowerCase()} "${(element.textContent ?? "").trim().slice(0, 40)}"`;
  if (!inScroller && (box.right > wide + 1 || box.left < -1) && !hidden(element)) {
    found.push(`${name} reaches from ${Math.round(box.left)} to ${Math.round(box.right)} of ${wide}`);
  }
  const cut = ["BUTTON", "H1", "H2", "H3", "LABEL", "A"].includes(element.tagName);
  if (cut && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1 && !scrolls(element) && !hidden(element)) {
    const style = getComputedStyle(element);
    if (style.overflowX !== "visible") found.push(`${name} is cut off`);
  }
}

return found;
