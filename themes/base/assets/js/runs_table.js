// The table of all runs: its data on demand, filter, chips, selection, and a window over thousands of rows.
(function (runfolio) {
  "use strict";

  const { hash, registry } = runfolio;
  const MOST_COMPARED = 8;

  /** The experiment's runs; loaded once, by whoever needs them first. */
  function load(section) {
    section.runs = section.runs || registry.load(section.dataset.tableKey, section.dataset.tableSource).then(runfolio.runs.read)
      .catch((error) => {
        section.runs = null;
        runfolio.elements.say(`${error.message} Filtering and more columns need it; the rows below are complete as they are.`);
        throw error;
      });
    return section.runs;
  }

  // ── rows made from the data ──────────────────────────────────────────────────────────────────────────────────────

  function makeCell(runs, column, i, th) {
    const cell = runfolio.elements.el("td", { class: th.className, "data-kind": th.dataset.kind }, runs.text(column, i));
    cell.hidden = th.hidden;
    return cell;
  }

  function makeRow(runs, view, i) {
    const { el } = runfolio.elements;
    const slug = runs.payload.slugs[i], name = runs.payload.names[i];
    const first = el("th", { scope: "row" },
      el("input", { type: "checkbox", "data-select": true, "aria-label": `Select ${name}` }), " ",
      el("a", { href: registry.root() + runs.address(i), title: name }, runfolio.elements.middle(name, 48)));
    return el("tr", { "data-run": slug }, first, ...view.headers().slice(1).map((th) => makeCell(runs, view.columnOf(th), i, th)));
  }

  /** Best first on the headline metric, runs without a usable value last: the order of the rows in the page. */
  function usualOrder(runs) {
    const { primary, outcomes } = runs.payload, values = runs.values(`metrics.${primary}`);
    const isUsable = (i) => ["ok", "running"].includes(outcomes[i]) && values && Number.isFinite(values[i]);
    return runfolio.sort.order(runs.n, [{ values: runs.payload.ids.map((_, i) => (isUsable(i) ? values[i] : NaN)), kind: "number", isDescending: runs.spec(primary).goal !== "minimize" }]);
  }

  /** From the first rows in the page to a window over all of them. */
  function becomeWindow(view, runs) {
    const existing = new Map(view.source.all().map((tr) => [tr.dataset.run, tr]));
    const values = (position, column) => runs.values(column) || new Array(runs.n).fill(null);
    view.usualOrder = usualOrder(runs);
    const make = (i) => {
      const slug = runs.payload.slugs[i];
      const row = (!view.hasNewColumns && existing.get(slug)) || makeRow(runs, view, i);
      view.selection.show(row);
      return row;
    };
    view.source = runfolio.rows.windowedRows(view.table, runs.n, runs.payload.slugs, values, make);
    view.isUpgraded = true;
    view.refresh();
  }

  // ── filter ───────────────────────────────────────────────────────────────────────────────────────────────────────

  function wireFilter(section, view) {
    const { el, button } = runfolio.elements;
    const input = section.querySelector("[data-filter]");
    const count = section.querySelector("[data-count]");
    const chips = section.querySelector("[data-chips]");
    const total = Number(section.dataset.total) || view.source.n;
    const message = el("p", { class: "no-result", hidden: true });
    const fault = el("p", { class: "filter-error", hidden: true });
    (view.table.closest("[data-scroll]") || view.table).before(fault, message);
    const setText = (text) => { if (input) input.value = text; apply(text); };
    const clear = () => { setText(""); if (input) input.focus(); };

    function showParse(filter) {
      if (!chips) return;
      chips.replaceChildren(...filter.terms.map((term, i) => el("span", { class: "chip" }, term.text,
        button("×", () => { setText(filter.without(i)); if (input) input.focus(); }, { "aria-label": `Remove ${term.text}` }))));
    }

    async function apply(text) {
      hash.replace({ q: text.trim() || null });
      const runs = text.trim() || section.runs ? await view.load().catch(() => null) : null;
      if (!runs && text.trim()) return;
      if (input && input.value !== text) return;
      const filter = runfolio.filter.read(text, runs);
      const error = filter.error || (runs ? await runs.hold(filter.metrics).then(() => "", (reason) => reason.message) : "");
      if (input && input.value !== text) return;
      fault.hidden = !error;
      fault.textContent = error;
      if (error) return;
      const place = runs && view.source.keys.map((slug) => runs.index.get(slug));
      view.matches = filter.terms.length ? (i) => place[i] !== undefined && filter.matches(place[i]) : null;
      view.refresh();
      showParse(filter);
      if (count) count.textContent = filter.terms.length ? `${view.order.length} of ${total} runs` : `${total} ${total === 1 ? "run" : "runs"}`;
      message.hidden = view.order.length > 0 || !filter.terms.length;
      if (!message.hidden) message.replaceChildren(`No runs match ${text.trim()}. `, button("Clear filter", clear));
    }

    const follow = () => { if (input && input.value.trim() !== hash.get("q")) setText(hash.get("q")); };
    if (input) {
      input.addEventListener("input", () => apply(input.value));
      if (document.activeElement === input) view.load().catch(() => {});
      else input.addEventListener("focus", () => view.load().catch(() => {}), { once: true });
      input.addEventListener("keydown", (event) => { if (event.key === "Escape" && input.value) { event.preventDefault(); clear(); } });
    }
    hash.onChange(follow);
    if (input && input.value && !hash.get("q")) apply(input.value);
    else follow();
  }

  // ── selection ────────────────────────────────────────────────────────────────────────────────────────────────────

  const slugOf = (section) => (section.dataset.tableKey || "").replace(/^table:/, "");

  /** The compare page's address for these runs or groups. */
  function compareAddress(section, keys, isGroups) {
    const query = new Map([[isGroups ? "g" : "r", isGroups ? keys.map((key) => `${slugOf(section)}/${key}`) : keys]]);
    if (!isGroups) query.set("e", [slugOf(section)]);
    const metric = section.dataset.metric;
    if (metric) query.set("m", [metric]);
    return `${registry.root()}compare.html${hash.format({ anchor: "compare", query })}`;
  }

  /** A set of chosen rows that outlives sorting, filtering and windowing; its bar shows while it has members. */
  function createSelection(section, view, bar, hashKey) {
    const box = (tr) => tr.querySelector("[data-select], [data-select-group]");
    const checked = view.source.all().filter((tr) => box(tr) && box(tr).checked).map(runfolio.rows.keyOf);
    const chosen = new Set([...hash.list(hashKey), ...checked]);
    const isGroups = hashKey === "cg";
    const show = (tr) => {
      const isChosen = chosen.has(runfolio.rows.keyOf(tr));
      if (box(tr)) { box(tr).checked = isChosen; box(tr).hidden = false; }
      tr.classList.toggle("is-selected", isChosen);
    };
    const act = (name) => bar && bar.querySelector(`[data-action="${name}"]`);
    const update = () => {
      for (const tr of view.source.all()) show(tr);
      if (bar) {
        bar.hidden = chosen.size === 0;
        const count = bar.querySelector("[data-selected-count]");
        if (count) count.textContent = chosen.size > MOST_COMPARED ? `${chosen.size} selected; Compare takes at most ${MOST_COMPARED}` : `${chosen.size} selected`;
        if (act("compare")) act("compare").disabled = chosen.size < 2 || chosen.size > MOST_COMPARED;
        if (act("baseline")) act("baseline").disabled = chosen.size !== 1;
      }
      hash.replace({ [hashKey]: [...chosen] });
    };
    const on = (name, listener) => act(name) && act(name).addEventListener("click", listener);
    on("compare", () => location.assign(compareAddress(section, [...chosen], isGroups)));
    on("baseline", () => setBaseline(section, [...chosen][0], isGroups));
    on("copy-link", () => runfolio.elements.copy(runfolio.elements.address(location.hash), "Link copied."));
    on("clear", () => { chosen.clear(); update(); runfolio.elements.say("Nothing selected."); });
    view.table.addEventListener("change", (event) => {
      if (!event.target.matches("[data-select], [data-select-group]")) return;
      const key = runfolio.rows.keyOf(event.target.closest("tr"));
      if (event.target.checked) chosen.add(key);
      else chosen.delete(key);
      update();
    });
    update();
    return { chosen, show, update };
  }

  async function setBaseline(section, key, isGroup) {
    const select = document.querySelector("select[data-baseline]");
    if (!select) return;
    const runs = isGroup ? null : await load(section);
    select.value = isGroup ? key : runs.payload.groups[runs.index.get(key)];
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Configurations can be selected too: the same bar, groups instead of runs. */
  function wireGroups(section) {
    const table = document.querySelector("table[data-configurations]");
    if (!table || !table.view || table.view.selection) return;
    const { el, button } = runfolio.elements;
    const names = [["compare", "Compare"], ["baseline", "Set as baseline"], ["copy-link", "Copy link"], ["clear", "Clear"]];
    const bar = el("div", { class: "selection", "data-group-selection": true, hidden: true }, el("output", { "data-selected-count": true }),
      ...names.map(([action, text]) => button(text, null, { "data-action": action })));
    (table.closest(".scroll") || table).after(bar);
    table.view.selection = createSelection(section, table.view, bar, "cg");
  }

  function wire() {
    for (const section of document.querySelectorAll("[data-runs]")) {
      const table = section.querySelector("table[data-sortable]"), view = table && table.view;
      if (!view) continue;
      view.selection = createSelection(section, view, section.querySelector("[data-selection]"), "r");
      view.listeners.push(() => { for (const tr of view.source.all()) view.selection.show(tr); });
      view.load = async () => {
        const runs = await load(section);
        if (view.isWindow && !view.isUpgraded) becomeWindow(view, runs);
        return runs;
      };
      wireFilter(section, view);
      runfolio.columns.wire(section, view);
      runfolio.exporting.wire(section, view);
      wireGroups(section);
    }
  }

  runfolio.runsTable = { wire, load, compareAddress, slugOf };
})(window.runfolio);
