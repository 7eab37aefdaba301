// Wires the page by its data attributes; what needs scripts becomes visible last.
(function (runfolio) {
  "use strict";

  function start() {
    const parts = ["themeSwitch", "curves", "compare", "redraw", "table", "baseline", "explore", "figureMenu", "search", "verify", "visits", "keyboard"];
    for (const part of parts) runfolio[part].wire();
    for (const control of document.querySelectorAll("[data-needs-script]")) control.hidden = false;
    const { anchor } = runfolio.hash.parse(location.hash);
    const target = anchor && location.hash.includes("?") && document.getElementById(anchor);
    if (target) target.scrollIntoView();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})(window.runfolio);
