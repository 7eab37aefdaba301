// The compare page: 2 to 8 runs or groups side by side, chosen in the fragment.
(function (runfolio) {
  "use strict";

  const { hash, registry, compareItems } = runfolio;
  const VIEWS = [["overlay", "Overlay"], ["difference", "Difference from the base"], ["multiples", "Small multiples"]];
  const tables = new Map();
  let page = null, turn = 0;

  function wanted() {
    const keys = [...hash.list("r").map((key) => ({ kind: "run", key })), ...hash.list("g").map((key) => ({ kind: "group", key }))];
    return keys.filter((each, i) => keys.findIndex((other) => other.kind === each.kind && other.key === each.key) === i);
  }

  async function loadTable(experiment) {
    if (tables.has(experiment) || !registry.has(page.sources.tables, experiment)) return;
    const payload = await registry.load(`table:${experiment}`, page.sources.tables[experiment]);
    tables.set(experiment, runfolio.runs.read(payload));
  }

  /** Loads tables until every wanted key is found: those named in the link first. */
  async function loadFor(keys) {
    const named = [...hash.list("e"), ...keys.filter(({ kind }) => kind === "group").map(({ key }) => key.split("/")[0])];
    for (const experiment of named) await loadTable(experiment).catch(() => {});
    const isFound = () => keys.every(({ kind, key }) => kind === "group" || [...tables.values()].some((runs) => runs.index.has(key)));
    for (const experiment of Object.keys(page.sources.tables)) {
      if (isFound()) return;
      await loadTable(experiment).catch(() => {});
    }
  }

  const loadAll = () => Promise.all(Object.keys(page.sources.tables).map((experiment) => loadTable(experiment).catch(() => {})));

  function choose(keys) {
    hash.push({ r: keys.filter(({ kind }) => kind === "run").map(({ key }) => key), g: keys.filter(({ kind }) => kind === "group").map(({ key }) => key) }, "compare");
  }

  // ── the table ────────────────────────────────────────────────────────────────────────────────────────────────────

  function itemHeader(item, i, base) {
    const { el, button } = runfolio.elements;
    const short = runfolio.elements.middle(item.label, 32);
    const isBase = i === base;
    return el("th", { scope: "col" },
      el("a", { href: registry.root() + item.href, title: item.label }, short), " ",
      el("span", { class: "compare-base" }, isBase ? "base" : button("Compare with this", () => hash.push({ base: item.key }), { "aria-label": `Compare with ${item.label}` })), " ",
      button("Remove", () => choose(wanted().filter(({ key }) => key !== item.key)), { "aria-label": `Remove ${item.label}` }));
  }

  function resultCell({ value, n, of, difference, verdict }, isBest, spec, item) {
    const { el } = runfolio.elements;
    const scale = spec.scale || 1, { format } = runfolio, size = Math.abs(difference * scale);
    const cell = el("td", { class: isBest ? "is-best" : null });
    if (Number.isNaN(value)) {
      const all = item.runs.values(`metrics.${spec.name}`), i = item.indexes[0];
      cell.append(item.kind === "run" && all && all[i] !== null ? "diverged" : "not logged");
      return cell;
    }
    cell.append(el("span", { class: "value", title: String(value * scale) }, format.metric(value, spec)));
    if (item.kind === "group") cell.append(el("span", { class: "count" }, ` n=${n}${n < of ? ` of ${of}` : ""}`));
    if (difference !== null && Number.isFinite(difference)) {
      const sign = difference > 0 ? "+" : difference < 0 ? format.MINUS : "";
      const text = spec.is_time ? sign + format.duration(size) : Number.isInteger(spec.decimals) ? format.signed(difference * scale, spec.decimals) : sign + format.fourDigits(size);
      cell.append(el("span", { class: "difference" }, ` (${text})`));
    }
    if (verdict) cell.append(el("span", { class: "verdict", title: verdict.reason }, ` ${runfolio.verdict.words(verdict)}`));
    if (isBest) cell.append(el("span", { class: "best-word" }, " best"));
    return cell;
  }

  function buildTable(items, base, settings, results, isOnlyDifferent) {
    const { el } = runfolio.elements;
    const part = (title, rows) => el("tbody", null, el("tr", null, el("th", { scope: "rowgroup", colspan: items.length + 1, class: "part" }, title)), ...rows);
    const shown = settings.filter((row) => row.isDifferent || !isOnlyDifferent);
    const same = settings.length - shown.length;
    const note = same ? `Settings (${same} equal ${same === 1 ? "one is" : "ones are"} not shown)` : "Settings";
    return el("table", { class: "table sides compare-table" },
      el("caption", { class: "hidden-text" }, "Settings and results side by side; differences are to the base."),
      el("thead", null, el("tr", null, el("td"), ...items.map((item, i) => itemHeader(item, i, base)))),
      part(note, shown.map((row) => el("tr", { class: row.isDifferent ? "is-different" : null }, el("th", { scope: "row" }, row.name), ...row.cells.map((text) => el("td", { title: text }, runfolio.elements.middle(text, 40)))))),
      part("Results", results.map((row) => el("tr", null, el("th", { scope: "row" }, row.label), ...row.cells.map((cell, i) => resultCell(cell, i === row.best, { ...row.spec, name: row.name }, items[i]))))));
  }

  // ── the frame: made once, filled again whenever the fragment changes ─────────────────────────────────────────────

  function choice(label, options, onchoose) {
    const { el } = runfolio.elements;
    const select = el("select", { change: () => onchoose(select.value) }, ...options.map(([value, text]) => el("option", { value }, text)));
    return { select, label: el("label", null, `${label} `, select) };
  }

  function addBox() {
    const { el, button } = runfolio.elements;
    const list = el("ul", { class: "menu", hidden: true });
    const input = el("input", { type: "search", placeholder: "Add a run", "aria-label": "Add a run: type a part of its name", autocomplete: "off" });
    const show = async () => {
      const text = input.value;
      await loadAll();
      if (text !== input.value) return;
      const entries = [...tables].flatMap(([experiment, runs]) => runs.payload.slugs.map((slug, i) => ({ title: runs.payload.names[i], text: `${slug} ${experiment}`, slug })));
      const found = runfolio.search.rank(entries, text).slice(0, 10);
      list.hidden = !text.trim();
      list.replaceChildren(...(found.length ? found.map(({ title, slug }) => el("li", null, button(`Add ${runfolio.elements.middle(title, 60)}`, () => {
        input.value = "";
        list.hidden = true;
        choose([...wanted(), { kind: "run", key: slug }]);
        input.focus();
      }))) : [el("li", null, `No run matches ${text.trim()}.`)]));
    };
    input.addEventListener("input", show);
    return el("div", { class: "compare-add" }, input, list);
  }

  function buildFrame(main) {
    const { el } = runfolio.elements;
    const only = el("input", { type: "checkbox", change: () => hash.push({ diff: only.checked ? null : "0" }) });
    const metric = choice("Curve of", [], (value) => hash.push({ m: value }));
    const view = choice("Curves", VIEWS, (value) => hash.push({ view: value }));
    const x = choice("x", [["step", "step"], ["time", "time"]], () => {}), y = choice("y", [["linear", "linear"], ["log", "log"]], () => {});
    x.select.dataset.control = "x";
    y.select.dataset.control = "y";
    const place = main.querySelector("[data-compare-view]") || main.appendChild(el("div", { "data-compare-view": true }));
    const frame = {
      main, only, metric, view, place, notice: el("p", { class: "notice", hidden: true }), further: el("p", { class: "note", hidden: true }), table: el("div", { class: "scroll table-frame", tabindex: "0", role: "region", "aria-label": "Comparison table" }), curves: el("div", { class: "compare-curves" }),
      title: document.querySelector("h1"), firstTitle: document.querySelector("h1") && document.querySelector("h1").textContent,
      standing: [...main.querySelectorAll("[data-compare-default]")], lead: document.querySelector(".lead"), sources: JSON.parse(document.querySelector("script[data-compare-sources]").textContent),
    };
    frame.body = el("div", { hidden: true },
      el("label", null, only, " Only differences"), frame.table, frame.further, el("h2", { class: "section" }, "Curves"),
      el("div", { class: "controls", "data-chart-controls": true }, metric.label, view.label, x.label, y.label), frame.curves);
    // Shown with the first comparison: headline and table then change in one step.
    place.hidden = true;
    place.append(frame.notice, addBox(), frame.body);
    return frame;
  }

  function notice({ missing, tooMany, items }, total) {
    const parts = [];
    if (missing) parts.push(`${missing} of the ${total} runs in this link ${missing === 1 ? "is" : "are"} not in this build.`);
    if (tooMany) parts.push(`Compare takes at most ${compareItems.MOST}; the last ${tooMany} of the link ${tooMany === 1 ? "is" : "are"} left out.`);
    if (items.length === 1) parts.push("Add a second run to compare it with.");
    page.notice.textContent = parts.join(" ");
    page.notice.hidden = !parts.length;
  }

  function showStanding(isStanding) {
    page.place.hidden = false;
    page.main.classList.toggle("is-waiting", !isStanding);
    for (const part of [...page.standing, page.lead]) if (part) part.hidden = !isStanding;
    page.body.hidden = isStanding;
    if (isStanding && page.title) page.title.textContent = page.firstTitle;
  }

  function metricOf(results) {
    const names = results.map((row) => row.name), m = hash.get("m");
    const { el } = runfolio.elements;
    page.metric.select.replaceChildren(...results.map((row) => el("option", { value: row.name }, row.label)));
    const chosen = names.includes(m) ? m : names[0];
    if (chosen !== undefined) page.metric.select.value = chosen;
    return chosen;
  }

  /** Metrics whose values lie in further scripts come when a reader asks for them. */
  function showFurther(items) {
    const { button } = runfolio.elements;
    const names = new Set(items.flatMap(({ runs }) => runs.metricNames.filter((name) => !registry.has(runs.metrics, name))));
    page.further.hidden = !names.size;
    page.further.replaceChildren(...(names.size ? [button(`Show ${names.size} more metric${names.size > 1 ? "s" : ""}`, () => hash.push({ all: "1" }))] : []));
  }

  async function render() {
    const mine = turn += 1;
    const keys = wanted();
    if (!keys.length) { page.notice.hidden = true; showStanding(true); return; }
    await loadFor(keys);
    if (mine !== turn) return;
    const found = compareItems.resolve(keys, tables, page.sources.curves || {});
    const { items } = found;
    const areAll = hash.get("all") === "1";
    await Promise.all(items.map(({ runs }) => runs.hold(areAll ? runs.metricNames : hash.list("m"))));
    if (mine !== turn) return;
    notice(found, keys.length);
    showStanding(!items.length);
    if (!items.length) return;
    const base = Math.max(0, items.findIndex((item) => item.key === hash.get("base") || item.group === hash.get("base")));
    const settings = compareItems.settingRows(items), results = compareItems.metricRows(items, base);
    page.only.checked = hash.get("diff") !== "0";
    if (page.title) page.title.textContent = compareItems.headline(items, settings, results);
    page.table.replaceChildren(buildTable(items, base, settings, results, page.only.checked));
    showFurther(items);
    const metric = metricOf(results);
    const usual = items.length === 2 ? "difference" : "overlay", view = VIEWS.some(([name]) => name === hash.get("view")) ? hash.get("view") : usual;
    page.view.select.value = view;
    const figures = metric === undefined ? [] : await runfolio.compareCurves.figures(items, metric, base, view);
    if (mine !== turn) return;
    page.curves.replaceChildren(...figures);
    runfolio.curves.prune();
    runfolio.redraw.soon();
    runfolio.elements.say(page.title ? page.title.textContent : "");
  }

  function wire() {
    const main = document.querySelector("[data-compare]");
    if (!main || !document.querySelector("script[data-compare-sources]")) return;
    page = buildFrame(main);
    runfolio.redraw.wire();
    const again = () => render().catch((error) => { page.notice.textContent = `The comparison could not be made: ${error.message}`; page.notice.hidden = page.place.hidden = false; });
    hash.onChange(again);
    again();
  }

  runfolio.compare = { wire };
})(window.runfolio);
