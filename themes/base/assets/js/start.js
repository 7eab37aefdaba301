// Wires the page. Scripts that only some readers need come when they are needed, from the bundles that
// <html data-later="charts=assets/… runs=assets/…"> names; those that stand in app.js already are wired at once.
(function (runfolio) {
  "use strict";

  /** What a bundle needs before it, the part that shows it is there, and the parts to wire. */
  const BUNDLES = {
    charts: { after: [], parts: ["curves", "redraw", "moreCurves"] },
    menu: { after: ["charts"], parts: ["explore", "figureMenu"] },
    runs: { after: ["charts"], parts: ["runsTable", "baseline", "parallel"] },
    compare: { after: ["charts", "runs", "tools"], parts: ["compare"] },
    run: { after: ["charts", "runs"], parts: ["sharedRun"] },
    finding: { after: [], parts: ["finding", "present"] },
    tables: { after: [], parts: ["tableText"] },
    tools: { after: [], parts: ["search", "verify"] },
  };
  const opened = new Map();

  function address(name) {
    const entries = (document.documentElement.dataset.later || "").split(" ").map((entry) => entry.split("="));
    return new Map(entries).get(name);
  }

  /** Resolves once the bundle has run and its parts are wired. */
  function open(name) {
    if (!opened.has(name)) {
      const { after, parts } = BUNDLES[name];
      const promise = (async () => {
        for (const other of after) await open(other);
        if (!runfolio[parts[0]]) await runfolio.registry.script(address(name));
        for (const part of parts) runfolio[part].wire();
      })();
      opened.set(name, promise);
      promise.catch((error) => { opened.delete(name); runfolio.elements.say(`A file of this site is missing: ${error.message}`); });
    }
    return opened.get(name);
  }

  const isThere = (name) => Boolean(runfolio[BUNDLES[name].parts[0]]);

  /** The first `type` event on `selector` opens a bundle; clicks and choices are then made again for the part that knows them. */
  function door(name, type, selector, isRepeated) {
    if (isThere(name)) return;
    document.addEventListener(type, function knock(event) {
      const target = event.target.closest && event.target.closest(selector);
      if (!target) return;
      document.removeEventListener(type, knock, true);
      const { value } = target;
      if (isRepeated) event.stopImmediatePropagation();
      open(name).then(() => {
        if (!isRepeated) return;
        if (value !== undefined) target.value = value;
        if (type === "click") target.click();
        else target.dispatchEvent(new event.constructor(type === "pointerover" ? "pointermove" : type, event));
      }).catch(() => {});
    }, true);
  }

  function openForState() {
    const { get } = runfolio.hash, any = (keys) => keys.some((key) => get(key));
    if (any(["x", "y", "s"]) && document.querySelector("[data-chart]")) open("charts");
    if (any(["q", "cols", "r", "cg", "base"]) && document.querySelector("[data-runs]")) open("runs");
  }

  function wire() {
    const followed = "figure[data-chart]:not([data-still]) svg[data-plot]";
    for (const plot of document.querySelectorAll(followed)) plot.setAttribute("tabindex", "0");
    door("charts", "pointerover", followed, true);
    door("charts", "keydown", followed, true);
    door("charts", "focusin", followed);
    door("charts", "click", "[data-draw]", true);
    door("menu", "click", "[data-figure-menu] [data-action], [data-action=show-figure]", true);
    for (const type of ["input", "change"]) door("charts", type, "[data-chart-controls] [data-control]", true);
    door("runs", "focusin", "[data-filter]");
    door("runs", "pointerover", "[data-parallel] svg");
    door("runs", "change", "[data-select], [data-select-group]");
    door("runs", "change", "select[data-baseline]", true);
    door("runs", "click", "[data-export-as]", true);
    door("runs", "toggle", "[data-columns]");
    door("tables", "click", "[data-table-as]", true);
    door("tools", "click", "[data-search-open], [data-verify-all]", true);
    for (const type of ["pointerover", "focusin"]) door("finding", type, "[data-finding] .live");
    door("finding", "click", "[data-present]", true);
    for (const name of Object.keys(BUNDLES)) if (isThere(name)) open(name);
    const compare = document.querySelector("[data-compare]");
    if (compare) {
      // What the address asks for takes the place of the default comparison: it must not show first and jump.
      compare.classList.toggle("is-waiting", Boolean(runfolio.hash.get("r") || runfolio.hash.get("g")));
      open("compare");
    }
    const shared = document.querySelector("[data-shared-run]");
    if (shared) {
      shared.classList.toggle("is-waiting", Boolean(runfolio.hash.get("r")));
      open("run");
    }
    runfolio.hash.onChange(openForState);
    openForState();
  }

  /** An Export menu under every table in a frame; the table of runs has one of its own. */
  function addMenus() {
    const { el, button } = runfolio.elements;
    for (const frame of document.querySelectorAll("main .table-frame")) {
      const table = frame.querySelector(":scope > table");
      if (!table || !table.tHead || table.matches(".runs-table")) continue;
      const forms = [["csv", "CSV"], ["markdown", "Markdown"], ["latex", "LaTeX"]];
      const list = el("div", { class: "menu-list" }, ...forms.map(([form, name]) => button(name, null, { "data-table-as": form })));
      frame.after(el("details", { class: "menu table-menu", "data-table-menu": true }, el("summary", {}, "Export"), list));
    }
  }

  /** A button that copies the text of the element whose id it names. */
  function wireCopying() {
    for (const control of document.querySelectorAll("[data-copy]")) {
      control.addEventListener("click", () => runfolio.elements.copy(document.getElementById(control.dataset.copy).textContent));
    }
  }

  function start() {
    addMenus();
    wireCopying();
    for (const part of ["themeSwitch", "table", "visits", "keyboard"]) runfolio[part].wire();
    wire();
    for (const control of document.querySelectorAll("[data-needs-script]")) control.hidden = false;
    const { anchor } = runfolio.hash.parse(location.hash);
    const target = anchor && location.hash.includes("?") && document.getElementById(anchor);
    if (target) target.scrollIntoView();
  }

  runfolio.start = { open };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})(window.runfolio);
