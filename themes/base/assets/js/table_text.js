// A table as text: CSV, Markdown and LaTeX, by the rules of pages/table_text.py (tests/table_cases.json holds both to them).
(function (runfolio) {
  "use strict";

  const LATEX = {
    "&": "\\&", "%": "\\%", $: "\\$", "#": "\\#", _: "\\_", "{": "\\{", "}": "\\}", "\\": "\\textbackslash{}", "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}", "<": "\\textless{}", ">": "\\textgreater{}", "|": "\\textbar{}", "−": "$-$", "±": "$\\pm$",
    "×": "$\\times$", "·": "$\\cdot$", "≤": "$\\leq$", "≥": "$\\geq$", "∞": "$\\infty$", "Δ": "$\\Delta$", µ: "$\\mu$", "–": "--", "—": "---",
    "…": "\\ldots{}", "→": "$\\rightarrow$",
  };
  const oneLine = (text) => text.replace(/[\p{C}\p{Z}]+/gu, " ").trim();
  const latex = (text) => Array.from(oneLine(text), (char) => LATEX[char] || char).join("");
  const escaped = (text) => oneLine(text).replace(/([\\`*_[\]<>|#~$])/g, "\\$1");
  const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
  const digits = (text, raw) => (raw === null || raw === undefined ? oneLine(text).replace(/−(?=[\d∞])/g, "-") : String(raw));

  function csv({ columns, rows }) {
    const halves = columns.map((_, at) => rows.some((row) => row[at].half));
    const head = columns.flatMap(({ label }, at) => (halves[at] ? [label, `${label} ±`] : [label]));
    const lines = rows.map((row) => row.flatMap((cell, at) => [digits(cell.text, cell.raw), ...(halves[at] ? [digits(cell.half, cell.raw_half)] : [])]));
    return [head, ...lines].map((line) => `${line.map(quoted).join(",")}\r\n`).join("");
  }

  function markdown({ caption, columns, rows }) {
    const line = (cells) => `| ${cells.join(" | ")} |`;
    const cell = ({ text, half, is_first }) => {
      const shown = escaped(text + (half ? ` ± ${half}` : ""));
      return is_first && shown ? `**${shown}**` : shown;
    };
    const head = [line(columns.map(({ label }) => escaped(label))), line(columns.map(({ is_number }) => (is_number ? "---:" : "---")))];
    return [...(caption ? [escaped(caption), ""] : []), ...head, ...rows.map((row) => line(row.map(cell)))].join("\n") + "\n";
  }

  /** What starts with a bracket would be read as an argument of the line before it. */
  const guarded = (text) => latex(text).replace(/^[[*].*$/s, "{$&}");

  function latexCell({ text, half, is_first }) {
    let shown = guarded(text);
    if (is_first && shown) shown = `\\textbf{${shown}}`;
    return half ? `${shown} $\\pm$ ${latex(half)}` : shown;
  }

  function tabular({ caption, columns, rows }) {
    const line = (cells) => `${cells.join(" & ")} \\\\`;
    const kinds = columns.map(({ is_number }) => (is_number ? "r" : "l")).join("");
    return [
      ...(caption ? [`% ${oneLine(caption)}`] : []), "% \\usepackage{booktabs}", `\\begin{tabular}{${kinds}}`, "\\toprule",
      line(columns.map(({ label }) => guarded(label))), "\\midrule", ...rows.map((row) => line(row.map(latexCell))), "\\bottomrule", "\\end{tabular}",
    ].join("\n") + "\n";
  }

  /** What a cell says, apart from what only scripts and readers of the screen need. */
  function said(cell) {
    const copy = cell.cloneNode(true);
    for (const node of copy.querySelectorAll(".hidden-text, button, input, .mark, svg, .order")) node.remove();
    if (cell.tagName === "TH") for (const node of copy.querySelectorAll(".soft")) node.remove();
    const half = [...copy.querySelectorAll(".half")].find((node) => node.textContent.trim().startsWith("±"));
    if (half) half.remove();
    return { text: oneLine(copy.textContent), half: half ? oneLine(half.textContent).replace(/^±\s*/, "") : "" };
  }

  /** Long names are cut on the page; the whole stands in a title. */
  function whole(cell, text) {
    const titled = cell.matches("[title]") ? cell : cell.querySelector("a[title]");
    return text.includes("…") && titled ? titled.title : text;
  }

  function read(cell) {
    const { text, half } = said(cell);
    const number = (name) => (cell.dataset.half !== undefined && cell.dataset[name] ? Number(cell.dataset[name]) : null);
    const is_first = cell.matches(".is-best, .is-tied");
    return { text: whole(cell, text), half, is_first, raw: number("value"), raw_half: number("half") };
  }

  /** The table of the page: the rows and columns that are shown, in their order; columns of pictures are left out. */
  function collect(table) {
    const head = table.tHead ? [...table.tHead.rows[table.tHead.rows.length - 1].cells] : [];
    const kept = head.map((th, at) => ({ th, at })).filter(({ th, at }) => {
      const cells = [...table.tBodies].flatMap((body) => [...body.rows]).map((row) => row.cells[at]).filter(Boolean);
      return !th.hidden && !th.matches(".strip-cell") && !(cells.length && cells.every((cell) => !said(cell).text));
    });
    const rows = [...table.tBodies].flatMap((body) => [...body.rows]).filter((row) => !row.hidden && row.cells.length === head.length);
    return {
      caption: oneLine(table.caption ? table.caption.textContent : ""),
      columns: kept.map(({ th }) => ({ label: whole(th, said(th).text), is_number: th.matches(".number") || table.matches(".numbers") })),
      rows: rows.map((row) => kept.map(({ at }) => read(row.cells[at]))),
    };
  }

  const FORMS = { csv: [csv, "csv", "text/csv;charset=utf-8"], markdown: [markdown, "md", "text/markdown;charset=utf-8"], latex: [tabular, "tex", "application/x-tex;charset=utf-8"] };

  /** A file name from the page and the table's own words. */
  const nameOf = (table) => (table.caption ? table.caption.textContent : table.id || "table").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60) || "table";

  function save(table, form) {
    const [write, ending, type] = FORMS[form];
    runfolio.elements.download(`${nameOf(table)}.${ending}`, write(collect(table)), type);
  }

  function wire() {
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-table-as]");
      const menu = button && button.closest("details");
      if (!menu) return;
      const place = menu.closest("[data-runs]") || menu.previousElementSibling;
      const table = place && place.querySelector("table");
      if (table) save(table, button.dataset.tableAs);
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  }

  runfolio.tableText = { csv, markdown, latex: tabular, collect, wire };
})(window.runfolio);
