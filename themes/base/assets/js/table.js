// Sorting, by buttons laid over the column names, with the order in the address.
(function (runfolio) {
  "use strict";

  const { hash, sort, rows } = runfolio;

  /** A table's view: which rows in which order. `view.matches(i)` is the filter. */
  function create(table) {
    const view = { table, source: rows.pageRows(table), keys: [], matches: null, order: [], listeners: [] };
    view.order = sort.order(view.source.n, []);
    view.headers = () => [...table.tHead.rows[table.tHead.rows.length - 1].cells];
    view.columnOf = (th) => th.dataset.column || th.dataset.name || "";
    view.kindOf = (th) => (th.dataset.kind && th.dataset.kind !== "text" ? "number" : "text");
    view.refresh = () => refresh(view);
    view.sortBy = (keys) => {
      view.keys = keys;
      mark(view);
      // A window sorts over all runs, which come with the table script.
      if (view.isWindow && !view.isUpgraded) view.load().then(view.refresh).catch(() => {});
      else refresh(view);
    };
    for (const th of view.headers()) addButton(view, th);
    return view;
  }

  function refresh(view) {
    const headers = view.headers();
    const keys = view.keys.flatMap(({ key, isDescending }) => {
      const position = headers.findIndex((th) => view.columnOf(th) === key);
      if (position < 0) return [];
      return [{ values: view.source.values(position, key), kind: view.kindOf(headers[position]), isDescending }];
    });
    const order = keys.length || !view.usualOrder ? sort.order(view.source.n, keys) : view.usualOrder;
    view.order = view.matches ? order.filter(view.matches) : order;
    view.source.show(view.order);
    for (const listener of view.listeners) listener();
  }

  function mark(view) {
    for (const th of view.headers()) {
      const key = view.keys.find((each) => each.key === view.columnOf(th));
      if (key) th.setAttribute("aria-sort", key.isDescending ? "descending" : "ascending");
      else th.removeAttribute("aria-sort");
    }
  }

  /** First click: the best first where more is better, else ascending; then the other way; then as it came. */
  function nextKey(th, column, key) {
    const isFirstDown = th.dataset.kind && th.dataset.kind !== "text" && column.startsWith("metrics.") && th.dataset.goal !== "minimize";
    if (!key) return { key: column, isDescending: Boolean(isFirstDown) };
    return key.isDescending === Boolean(isFirstDown) ? { key: column, isDescending: !isFirstDown } : null;
  }

  /** The name stays text in the th (print repeats it); the button lies over it. */
  function addButton(view, th) {
    const column = view.columnOf(th);
    if (!column || th.hasAttribute("data-no-sort") || th.querySelector(".sort-button")) return;
    const name = th.textContent.trim();
    th.append(runfolio.elements.button("", (event) => {
      const next = nextKey(th, column, view.keys.find((each) => each.key === column));
      const others = event.shiftKey ? view.keys.filter((each) => each.key !== column) : [];
      view.sortBy(next ? [...others, next] : others);
      if (view.hashKey) hash.push({ [view.hashKey]: sort.format(view.keys) });
      runfolio.elements.say(next ? `Sorted by ${name}, ${next.isDescending ? "descending" : "ascending"}.` : "Original order.");
    }, { class: "sort-button", "aria-label": `Sort by ${name}` }));
  }

  /** The order written in the fragment under `key`. */
  function followHash(view, key) {
    view.hashKey = key;
    const follow = () => {
      const keys = sort.parse(hash.list(key));
      if (sort.format(keys).join() !== sort.format(view.keys).join()) view.sortBy(keys);
    };
    hash.onChange(follow);
    follow();
  }

  /** Long tables need all runs once they come near the screen, or are sorted. */
  function watch(section, view) {
    view.isWindow = true;
    view.load = () => runfolio.start.open("runs").then(() => view.load());
    new IntersectionObserver((entries, observer) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      view.load().catch(() => {});
    }, { rootMargin: "800px" }).observe(section);
  }

  function wire() {
    for (const table of document.querySelectorAll("table[data-sortable]")) {
      if (!table.tHead || !table.tBodies.length) continue;
      const view = create(table), section = table.closest("[data-runs]");
      table.view = view;
      if (section && Number(section.dataset.total) > view.source.n) watch(section, view);
      followHash(view, section ? "sort" : table.hasAttribute("data-configurations") ? "csort" : `sort-${table.id || "table"}`);
    }
  }

  runfolio.table = { create, addButton, followHash, wire };
})(window.runfolio);
