// Export means this view: the rows and columns that are shown, in their order, with every digit.
(function (runfolio) {
  "use strict";

  const quote = (value) => {
    const text = value === null || value === undefined ? "" : Array.isArray(value) ? value.join(";") : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  };

  /** CSV text of a header and rows (RFC 4180). */
  const csv = (columns, rows) => [columns, ...rows].map((row) => row.map(quote).join(",")).join("\r\n") + "\r\n";

  /** Strict JSON: an array of objects; non-finite numbers are the words of the run log. */
  function json(columns, rows) {
    const cell = (value) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value === undefined ? null : value);
    return JSON.stringify(rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, cell(row[i])]))), null, 1) + "\n";
  }

  const short = (column) => column.replace(/^(parameters|metrics)\./, "");

  /** {columns, rows} of what is shown; values of the data where they hold the column, else what the cell says. */
  function collect(view, runs) {
    const headers = view.headers().map((th, position) => ({ column: view.columnOf(th), position, isShown: !th.hidden })).filter(({ column, isShown }) => isShown && column);
    const names = headers.map(({ column }) => short(column));
    const fromPage = headers.map(({ column, position }) => (runs.values(column) ? null : view.source.values(position, column)));
    const rows = view.order.map((i) => {
      const k = runs.index.get(view.source.keys[i]);
      return headers.map(({ column }, h) => (fromPage[h] ? fromPage[h][i] : k === undefined ? null : runs.values(column)[k]));
    });
    const columns = names.map((name, h) => (names.indexOf(name) === names.lastIndexOf(name) ? name : headers[h].column));
    return { columns, rows };
  }

  function wire(section, view) {
    for (const kind of ["csv", "json"]) {
      const button = section.querySelector(`[data-export-as="${kind}"]`);
      if (!button) continue;
      button.addEventListener("click", async () => {
        const { columns, rows } = collect(view, await view.load());
        const name = `${runfolio.runsTable.slugOf(section)}-${rows.length}-runs.${kind}`;
        if (kind === "csv") runfolio.elements.download(name, csv(columns, rows), "text/csv;charset=utf-8");
        else runfolio.elements.download(name, json(columns, rows), "application/json");
        runfolio.elements.say(`${rows.length} runs exported.`);
      });
    }
  }

  runfolio.exporting = { csv, json, collect, wire };
})(window.runfolio);
