// Single keys, outside inputs only, with an off switch; `?` lists them. Each has a visible control as well.
(function (runfolio) {
  "use strict";

  const KEY = "runfolio-keys";
  const KEYS = [
    ["/", "search"], ["?", "this list"], ["g then o, x, f, m, c, h, a", "go to Overview, the experiment, Findings, Models, Compare, History, Audit"],
    ["j, k", "next, previous row"], ["x", "select the row"], ["c", "compare the selection"], ["b", "set the baseline"], ["Esc", "clear the selection"],
    ["e", "explore the chart"], ["t", "the chart as a table"], ["← →", "move the crosshair (Shift: 10 points)"], ["[ ]", "previous, next run"], ["p", "present a finding"],
  ];

  const PLACES = { o: "index.html", x: "experiments/", f: "findings", m: "models.html", c: "compare.html", h: "history.html", a: "audit.html" };

  const isOn = () => runfolio.elements.storage.get(KEY) !== "off";
  const click = (selector, within) => {
    const found = (within || document).querySelector(selector);
    if (found && !found.disabled && !found.closest("[hidden]")) found.click();
  };

  let dialog = null;
  function showKeys() {
    const { el } = runfolio.elements;
    if (!dialog) {
      const box = el("input", { type: "checkbox", checked: isOn(), change: () => runfolio.elements.storage.set(KEY, box.checked ? "on" : "off") });
      dialog = runfolio.elements.dialog("Keys", {}, el("label", null, box, " Single-key shortcuts"),
        el("dl", { class: "key-list" }, ...KEYS.flatMap(([key, text]) => [el("dt", null, el("kbd", null, key)), el("dd", null, text)])));
    }
    dialog.showModal();
  }

  let row = null;
  /** The next row in reading order, over all tables with runs or groups. */
  function moveRow(direction) {
    const rows = [...document.querySelectorAll("tr[data-run], tr[data-group]")].filter((tr) => !tr.hidden);
    if (!rows.length) return;
    const here = document.activeElement.closest("tr[data-run], tr[data-group]") || row;
    const at = rows.indexOf(here);
    row = rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + direction))];
    const target = row.querySelector("a, [data-select], [data-select-group]") || row;
    if (target === row) row.tabIndex = -1;
    target.focus();
    row.scrollIntoView({ block: "nearest" });
  }

  const currentRow = () => document.activeElement.closest("tr[data-run], tr[data-group]") || (row && row.isConnected ? row : null);
  const currentFigure = () => document.activeElement.closest("figure[data-chart]") || document.querySelector("figure[data-chart]:hover") || document.querySelector("figure[data-chart]");
  const figureAction = (name) => currentFigure() && click(`[data-figure-menu] [data-action="${name}"]`, currentFigure());

  /** The bars of what is chosen come with the script of the runs: a key that needs them waits for it. */
  const chosen = (act) => document.querySelector("[data-runs]") && runfolio.start.open("runs").then(act, () => {});
  const clickChosen = (action) => chosen(() => ["[data-selection]", "[data-group-selection]"].forEach((bar) => click(`${bar} [data-action="${action}"]`)));

  const actions = {
    "/": () => runfolio.start.open("tools").then(() => runfolio.search.open()), "?": showKeys, j: () => moveRow(1), k: () => moveRow(-1),
    x: () => currentRow() && click("[data-select], [data-select-group]", currentRow()),
    c: () => clickChosen("compare"),
    b: () => {
      const here = currentRow();
      chosen(() => {
        const select = document.querySelector("select[data-baseline]");
        const bar = document.querySelector("[data-selection]:not([hidden]) [data-action=baseline]:not(:disabled), [data-group-selection]:not([hidden]) [data-action=baseline]:not(:disabled)");
        if (bar) bar.click();
        else if (select && here && here.dataset.group) { select.value = here.dataset.group; select.dispatchEvent(new Event("change", { bubbles: true })); }
        else if (select) select.focus();
      });
    },
    Escape: () => clickChosen("clear"),
    e: () => figureAction("explore"), t: () => currentFigure() && click("[data-figure-table] > summary", currentFigure()),
    "[": () => click("a[rel~=prev]"), "]": () => click("a[rel~=next]"),
    p: () => click("[data-present]"),
  };

  let isGoing = false;
  function onKey(event) {
    const isTyping = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]") || !isOn()) return;
    if (event.key === "Escape" && document.querySelector("[popover]:popover-open")) return;
    if (isGoing) {
      isGoing = false;
      if (PLACES[event.key]) click(`nav a[href*="${PLACES[event.key]}"]`);
    } else if (event.key === "g") {
      isGoing = true;
      setTimeout(() => { isGoing = false; }, 1500);
    } else if (Object.prototype.hasOwnProperty.call(actions, event.key)) actions[event.key]();
    else return;
    event.preventDefault();
  }

  function wire() {
    document.addEventListener("keydown", onKey);
    const footer = document.querySelector("footer p");
    if (footer && !document.querySelector("[data-keys-open]")) footer.append(" ", runfolio.elements.button("Keys", null, { class: "quiet", "data-keys-open": true }));
    for (const button of document.querySelectorAll("[data-keys-open]")) button.addEventListener("click", showKeys);
  }

  runfolio.keyboard = { wire, isOn };
})(window.runfolio);
