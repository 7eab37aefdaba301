// Which columns a runs table shows: those of the page, and any parameter or metric of the table script.
(function (runfolio) {
  "use strict";

  const { hash } = runfolio;

  function header(view, column) { return view.headers().find((th) => view.columnOf(th) === column); }

  function setHidden(view, th, isHidden) {
    const position = view.headers().indexOf(th);
    th.hidden = isHidden;
    for (const tr of view.source.all()) if (tr.cells[position]) tr.cells[position].hidden = isHidden;
  }

  function add(view, runs, column) {
    const { el } = runfolio.elements;
    const kind = runs.kind(column);
    const goal = column.startsWith("metrics.") ? runs.spec(column.slice(8)).goal : null;
    const th = el("th", { scope: "col", "data-column": column, "data-kind": kind, "data-goal": goal, class: kind === "number" ? "number" : null }, runs.label(column));
    view.table.tHead.rows[view.table.tHead.rows.length - 1].append(th);
    runfolio.table.addButton(view, th);
    view.hasNewColumns = true;
    if (view.source.forget) { view.source.forget(); return; }
    const values = runs.values(column);
    for (const tr of view.source.all()) {
      const i = runs.index.get(tr.dataset.run);
      const cell = el("td", { "data-kind": kind, class: th.className }, i === undefined ? "" : runs.text(column, i));
      if (i !== undefined && values[i] !== null && !Array.isArray(values[i])) cell.dataset.value = values[i];
      tr.append(cell);
    }
  }

  function wire(section, view) {
    const details = section.querySelector("[data-columns]");
    if (!details) return;
    const { el } = runfolio.elements;
    const usual = view.headers().filter((th) => !th.hidden).map(view.columnOf).filter(Boolean);
    const shown = () => view.headers().filter((th) => !th.hidden).map(view.columnOf).filter(Boolean);
    let list = null;

    async function show(columns) {
      const wanted = new Set(columns);
      const missing = columns.filter((column) => !header(view, column));
      if (missing.length) {
        const runs = await view.load();
        await runs.hold(runs.metricsOf(missing));
        for (const column of missing) if (runs.values(column)) add(view, runs, column);
      }
      view.headers().forEach((th, i) => { if (i > 0 && view.columnOf(th)) setHidden(view, th, !wanted.has(view.columnOf(th))); });
      if (list) for (const box of list.querySelectorAll("input[type=checkbox]")) box.checked = wanted.has(box.value);
    }

    function choose(column, isShown) {
      const now = shown();
      const next = isShown ? [...now, column] : now.filter((each) => each !== column);
      hash.push({ cols: next.join() === usual.join() ? null : next });
      show(next);
    }

    async function build() {
      const runs = await view.load();
      if (list) return;
      const own = view.headers().slice(1).map((th) => [view.columnOf(th), th.textContent.trim()]).filter(([column]) => column);
      const known = new Set(own.map(([column]) => column));
      const first = view.columnOf(view.headers()[0]);
      const all = [...own, ...runs.columns().filter((column) => !known.has(column) && column !== first).map((column) => [column, runs.label(column)])];
      list = el("ul", { class: "menu" }, ...all.map(([column, label]) => el("li", null, el("label", null,
        el("input", { type: "checkbox", value: column, change: (event) => choose(column, event.target.checked) }), ` ${label}`))));
      const search = el("input", { type: "search", "aria-label": "Search columns", placeholder: "Search columns", input: () => {
        const words = search.value.toLowerCase();
        for (const item of list.children) item.hidden = !item.textContent.toLowerCase().includes(words);
      } });
      details.append(el("div", { class: "sheet" }, search, list));
      const now = new Set(shown());
      for (const box of list.querySelectorAll("input")) box.checked = now.has(box.value);
    }

    const onToggle = () => { if (details.open && !list) build().catch(() => {}); };
    details.addEventListener("toggle", onToggle);
    onToggle();
    const follow = () => {
      const columns = hash.list("cols");
      const next = columns.length ? columns : usual;
      if (next.join() !== shown().join()) show(next).catch(() => {});
    };
    hash.onChange(follow);
    follow();
  }

  runfolio.columns = { wire };
})(window.runfolio);
