// Where a table's rows come from: those in the page, or (for thousands) a window over the data that follows the page's scroll.
(function (runfolio) {
  "use strict";

  const OVERSCAN = 12;

  const keyOf = (tr) => tr.dataset.run || tr.dataset.group || "";

  /** Rows of the page. A row with data-detail belongs to the row before it. */
  function pageRows(table) {
    const body = table.tBodies[0];
    const rows = [];
    for (const tr of body.rows) {
      if (tr.hasAttribute("data-detail") && rows.length) rows[rows.length - 1].details.push(tr);
      else rows.push({ tr, details: [] });
    }
    return {
      n: rows.length,
      keys: rows.map(({ tr }) => keyOf(tr)),
      values(position) {
        return rows.map(({ tr }) => {
          const cell = tr.cells[position];
          return cell === undefined ? "" : cell.dataset.value !== undefined ? cell.dataset.value : cell.textContent.trim();
        });
      },
      show(indexes) {
        const shown = new Set(indexes);
        const fragment = document.createDocumentFragment();
        const focused = document.activeElement;
        for (const i of indexes) fragment.append(rows[i].tr, ...rows[i].details);
        rows.forEach(({ tr, details }, i) => {
          for (const row of [tr, ...details]) row.hidden = !shown.has(i);
          if (!shown.has(i)) fragment.append(tr, ...details);
        });
        body.append(fragment);
        if (focused && focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
      },
      all: () => rows.map(({ tr }) => tr),
    };
  }

  /** A window over `n` rows: `make(i)` gives a row's element; only those near the screen are in the page. */
  function windowedRows(table, n, keys, columnValues, make) {
    const { el } = runfolio.elements;
    const body = table.tBodies[0];
    const height = body.rows.length ? body.rows[0].getBoundingClientRect().height || 32 : 32;
    const spacer = () => el("tr", { class: "spacer", "aria-hidden": "true" }, el("td", { colspan: table.tHead.rows[0].cells.length }));
    const above = spacer(), below = spacer();
    let order = [], live = new Map(), isAsked = false;
    body.replaceChildren(above, below);

    function render(isForced, isNew) {
      // Read before anything changes: a measure in between would lay the page out twice.
      const top = body.getBoundingClientRect().top;
      if (isNew) {
        for (const tr of live.values()) tr.remove();
        live = new Map();
      }
      const count = Math.ceil(window.innerHeight / height) + 2 * OVERSCAN;
      const from = Math.max(0, Math.min(order.length - count, Math.floor(-top / height) - OVERSCAN));
      const to = Math.min(order.length, from + count);
      if (!isForced && render.from === from && render.to === to) return;
      render.from = from;
      render.to = to;
      const next = new Map();
      for (let k = from; k < to; k += 1) {
        const tr = live.get(order[k]) || make(order[k]);
        tr.setAttribute("aria-rowindex", k + 2);
        next.set(order[k], tr);
      }
      for (const [i, tr] of live) if (!next.has(i)) tr.remove();
      let before = above;
      for (const tr of next.values()) {
        if (before.nextSibling !== tr) before.after(tr);
        before = tr;
      }
      live = next;
      above.firstChild.style.height = `${from * height}px`;
      below.firstChild.style.height = `${(order.length - to) * height}px`;
      above.hidden = from === 0;
      below.hidden = to === order.length;
    }

    const soon = () => {
      if (isAsked) return;
      isAsked = true;
      requestAnimationFrame(() => { isAsked = false; render(false); });
    };
    window.addEventListener("scroll", soon, { passive: true });
    window.addEventListener("resize", soon);

    return {
      n, keys, values: columnValues,
      show(indexes) {
        order = indexes;
        table.setAttribute("aria-rowcount", indexes.length + 1);
        render(true);
      },
      all: () => [...live.values()],
      /** Rows are made anew: after a column came or went. */
      forget() { render(true, true); },
    };
  }

  runfolio.rows = { pageRows, windowedRows, keyOf };
})(window.runfolio);
