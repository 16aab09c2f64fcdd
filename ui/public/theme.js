// Sets theme, density and language before the first paint, from what lib/appearance.ts remembered.
(function () {
  var root = document.documentElement;
  var chosen = {};
  try {
    chosen = JSON.parse(localStorage.getItem("postern.appearance") || "{}") || {};
  } catch (unreadable) {
    chosen = {};
  }
  var dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = chosen.theme === "light" || chosen.theme === "dark" ? chosen.theme : dark ? "dark" : "light";
  root.dataset.density = chosen.density === "compact" ? "compact" : "comfortable";
  var language = chosen.language && chosen.language !== "system" ? chosen.language : navigator.language;
  root.lang = /^zh/i.test(language || "") ? "zh-CN" : "en";
})();
