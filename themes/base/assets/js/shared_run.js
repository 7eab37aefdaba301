// The page that shows any run: run.html#?v=1&e=<experiment>&r=<run>, from the table script and the run's series.
(function (runfolio) {
  "use strict";

  const { hash, registry } = runfolio;
  const MOST_CHARTS = 12, MOST_REPLICATES = 10, MOST_SIBLINGS = 40, MOST_OPEN = 12;
  /** One column of the page, and a phone: width, height, margins. */
  const SIZE = [400, 270, [8, 112, 36, 44]];
  const cut = (text, most) => runfolio.elements.middle(String(text), most);
  let page = null, turn = 0;

  // ── words beside the curves ──────────────────────────────────────────────────────────────────────────────────────

  function section(id, title, ...children) {
    const { el } = runfolio.elements;
    return el("section", { class: "section", id }, el("h2", null, title), ...children);
  }

  const pairs = (items) => {
    const { el } = runfolio.elements;
    return el("dl", { class: "pairs" }, ...items.map(([label, value]) => el("div", null, el("dt", { title: label }, cut(label, 40)), el("dd", { title: value, class: label === "Run id" ? "code" : null }, cut(value, 80)))));
  };

  const linkTo = (runs, i, attributes) => runfolio.elements.el("a", { href: registry.root() + runs.address(i), ...attributes }, cut(runs.payload.names[i], 48));

  function differences(runs, settings) {
    const { el } = runfolio.elements;
    const rows = settings.filter((item) => item.baseline !== null);
    const label = runs.groups[runs.payload.baseline];
    if (!rows.length) return label ? [el("p", { class: "note" }, `All settings are the baseline's (${label}) or vary with the seed.`)] : [];
    const head = ["Setting", "Baseline", "This run"].map((text) => el("th", { scope: "col" }, text));
    return [section("differences", `Differs from the baseline in ${rows.length} of ${settings.length} settings`, el("table", { class: "table plain" },
      el("caption", { class: "hidden-text" }, `Settings that differ from ${label}`), el("thead", null, el("tr", null, ...head)),
      el("tbody", null, ...rows.map(({ name, value, baseline }) => el("tr", null, el("th", { scope: "row", title: name }, cut(name, 28)), el("td", { title: baseline }, cut(baseline, 24)), el("td", { title: value }, el("b", null, cut(value, 24))))))))];
  }

  function aside(runs, i) {
    const { el } = runfolio.elements, facts = runfolio.runFacts;
    const settings = facts.settings(runs, i), siblings = facts.inGroup(runs, runs.payload.groups[i]).filter((k) => k !== i);
    const all = el("details", { open: settings.length <= MOST_OPEN }, el("summary", null, el("h2", null, `All settings (${settings.length})`)), pairs(settings.map(({ name, value }) => [name, value])));
    const more = siblings.length > MOST_SIBLINGS ? el("p", { class: "note" }, `and ${siblings.length - MOST_SIBLINGS} more, in the experiment's table of runs.`) : null;
    return [
      section("about", "About", pairs(facts.about(runs, i))),
      ...(runs.payload.groups[i] === runs.payload.baseline ? [] : differences(runs, settings)),
      ...(settings.length ? [el("section", { class: "section", id: "settings" }, all)] : []),
      ...(siblings.length ? [section("replicates", "Other runs of this configuration", el("ul", { class: "links" }, ...siblings.slice(0, MOST_SIBLINGS).map((k) => el("li", null, linkTo(runs, k)))), more)] : []),
      ...(runs.hasPage(i) ? [] : [el("p", { class: "section note" }, "Notes, environment and artifacts are with the run itself: of this run the site holds settings, values and curves.")]),
    ];
  }

  // ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Last, lowest and highest value of each metric of the series; without them, the values that the table holds. */
  function metricsTable(runs, i, series) {
    const { el } = runfolio.elements, { format } = runfolio;
    const names = runs.metricNames.filter((name) => (series ? registry.has(series, name) : registry.has(runs.metrics, name) && runs.metrics[name][i] !== null));
    if (!names.length) return null;
    const columns = [["metric", "Metric", "text"], ["last", series ? "Last" : "Value", "number"], ...(series ? [["min", "Lowest", "number"], ["min-step", "at step", "number"], ["max", "Highest", "number"], ["max-step", "at step", "number"]] : [])];
    const cell = (text, value, kind) => el("td", { class: `number${kind ? ` ${kind}` : ""}`, "data-value": value === null || value === undefined ? "" : value }, text);
    const rows = names.map((name) => {
      const spec = runs.spec(name), label = el("th", { scope: "row", title: name }, cut(runs.label(`metrics.${name}`), 60));
      if (!series) return el("tr", null, label, cell(runs.text(`metrics.${name}`, i), runs.metrics[name][i]));
      const found = runfolio.runFacts.extremes(registry.series(series, name), registry.has(runs.metrics, name) ? runs.metrics[name][i] : NaN);
      const value = (number) => cell(format.metric(number, spec), number, number !== null && !Number.isFinite(number) ? "worse" : "");
      const step = (number) => cell(number === null || !Number.isFinite(number) ? "" : number.toLocaleString("en"), number, "soft");
      return el("tr", null, label, value(found.last), value(found.low), step(found.lowStep), value(found.high), step(found.highStep));
    });
    const table = el("table", { class: "table", "data-sortable": true }, el("caption", { class: "hidden-text" }, "Metrics of this run"),
      el("thead", null, el("tr", null, ...columns.map(([column, text, kind]) => el("th", { scope: "col", "data-column": column, "data-kind": kind, class: kind === "number" ? "number" : null }, text)))),
      el("tbody", null, ...rows));
    table.view = runfolio.table.create(table);
    return el("div", { class: "scroll table-frame", tabindex: "0", role: "region", "aria-label": "Metrics" }, table);
  }

  // ── curves ───────────────────────────────────────────────────────────────────────────────────────────────────────

  const seriesOf = (runs, i) => registry.load(`series:${runs.payload.slugs[i]}`, runs.payload.series[i]).then((found) => found.metrics);

  /** The replicates' series and the baseline's mean curves; what cannot be loaded is a line less. */
  async function others(runs, source, i) {
    const { payload } = runs, siblings = runfolio.runFacts.inGroup(runs, payload.groups[i]).filter((k) => k !== i).slice(0, MOST_REPLICATES);
    const loaded = siblings.map((k) => seriesOf(runs, k).then((metrics) => ({ name: payload.names[k], metrics, role: "muted", thin: true })).catch(() => null));
    const hasBaseline = payload.baseline && payload.baseline !== payload.groups[i];
    if (hasBaseline) {
      loaded.push(registry.load(`curves:${payload.slug}`, source.curves).catch(() => null)
        .then((found) => (found && registry.has(found.groups, payload.baseline) ? { name: "baseline", metrics: found.groups[payload.baseline], role: "baseline" } : null)));
    }
    return (await Promise.all(loaded)).filter(Boolean);
  }

  /** A line in shown units; its end, which the chart says in digits, is exact where the table holds it. */
  function traceOf({ name, label, i, metrics, role, thin }, metric, runs) {
    const own = registry.series(metrics, metric), scale = runs.spec(metric).scale || 1;
    if (!own || own.step.length < 2) return null;
    const y = Float64Array.from(own.value, (value) => value * scale), last = y.length - 1;
    y[last] = runfolio.runFacts.exact(own.value[last], i !== undefined && registry.has(runs.metrics, metric) ? runs.metrics[metric][i] : NaN) * scale;
    return { name, label, role, thin, step: own.step, x: own.step, time: own.time, y, low: null, high: null, n: null };
  }

  function figureOf(runs, metric, lines, place) {
    const { series, figure } = runfolio;
    const traces = lines.map((line) => traceOf(line, metric, runs)).filter(Boolean);
    if (!traces.some((trace) => trace.role === "focus")) return null;
    const steps = series.extent(traces.map((trace) => trace.x)), [low, high] = figure.yRange(traces), range = series.extent(traces.map((trace) => trace.y));
    if (!steps || !range) return null;
    const shared = {
      x: { label: "step", unit: "", low: steps[0], high: steps[1] > steps[0] ? steps[1] : steps[0] + 1, scale: "linear" },
      y: { label: runs.label(`metrics.${metric}`), unit: "", low, high, scale: "linear", log_is_offered: range[0] > 0 && range[1] > 20 * range[0] },
    };
    const replicates = traces.filter((trace) => trace.role === "muted").length;
    const words = ["This run", ...(replicates ? [`${replicates} replicate${replicates > 1 ? "s" : ""} in grey`] : []), ...(traces.some((trace) => trace.role === "baseline") ? ["the baseline's mean dashed"] : [])];
    return figure.make(`m${place}`, runs.label(`metrics.${metric}`), `${words.join(", ")}.`, traces, shared, SIZE);
  }

  async function linesOf(runs, source, i, series) {
    return [...await others(runs, source, i), { name: runs.payload.names[i], label: "this run", i, metrics: series, role: "focus" }];
  }

  /** One chart a metric with two values or more, the headline one first. */
  function figuresOf(runs, lines, series) {
    const { primary } = runs.payload, rank = (name) => (name === primary ? 0 : name.startsWith("system/") ? 2 : 1);
    const names = runs.metricNames.filter((name) => registry.has(series, name)).sort((a, b) => rank(a) - rank(b));
    const figures = [];
    for (const name of names) {
      const made = figures.length < MOST_CHARTS ? figureOf(runs, name, lines, figures.length) : null;
      if (made) figures.push(made);
    }
    return figures;
  }

  // ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────

  function tell(...parts) {
    page.notice.replaceChildren(...parts);
    page.notice.hidden = !parts.length;
  }

  function show(part) {
    page.main.classList.remove("is-waiting");
    page.standing.hidden = part !== page.standing;
    page.view.hidden = part !== page.view;
  }

  /** The page as it came, with a sentence on why. */
  function stand(...words) {
    setHead(page.first.title, page.first.lead);
    page.trail.textContent = page.first.trail;
    page.steps.replaceChildren();
    show(page.standing);
    tell(...words);
  }

  function fill(place, nodes) {
    const made = nodes.filter(Boolean);
    place.replaceChildren(...made);
    place.closest("section").hidden = !made.length;
  }

  function setHead(title, lead) {
    page.title.textContent = title;
    page.lead.textContent = lead;
    document.title = `${title} · ${page.siteTitle}`;
  }

  function showTrail(runs, source, i) {
    const { el } = runfolio.elements;
    const step = (k, text, rel) => (k >= 0 && k < runs.n ? el("a", { href: registry.root() + runs.address(k), rel, title: cut(runs.payload.names[k], 60) }, text) : null);
    page.trail.replaceChildren(el("a", { href: `${registry.root()}${source.page}` }, source.title), " / ", el("span", null, cut(runs.payload.names[i], 48)));
    page.steps.replaceChildren(...[step(i - 1, "‹ previous", "prev"), step(i + 1, "next ›", "next")].filter(Boolean));
  }

  function listed(nodes) { return nodes.flatMap((node, k) => (k ? [", ", node] : [node])); }

  function missing(runs, source, slug) {
    const near = runfolio.runFacts.nearest(runs, slug);
    return [`The run ${cut(slug, 80)} is not in this build of ${source.title}.`, ...(near.length ? [" Nearest: ", ...listed(near.map((i) => linkTo(runs, i))), "."] : [])];
  }

  function ownPage(runs, i) {
    const { el } = runfolio.elements;
    return runs.hasPage(i) ? [el("a", { href: registry.root() + runs.address(i) }, "This run has a page of its own"), ", with its notes, environment and files."] : [];
  }

  /** Everything is made before anything shows, so that the page does not jump. */
  async function showRun(runs, source, i, isStale) {
    let series = null, words = ownPage(runs, i);
    try { series = await seriesOf(runs, i); } catch (error) { words = [`${error.message} The curves need it; the values below come from the table of runs.`]; }
    const lines = series ? await linesOf(runs, source, i, series) : [];
    if (isStale()) return;
    setHead(runfolio.runFacts.headline(runs, i), runfolio.runFacts.lead(runs, i));
    showTrail(runs, source, i);
    tell(...words);
    fill(page.metrics, [metricsTable(runs, i, series)]);
    fill(page.curves, series ? figuresOf(runs, lines, series) : []);
    page.side.replaceChildren(...aside(runs, i));
    show(page.view);
    runfolio.curves.prune();
    runfolio.redraw.soon();
    runfolio.elements.say(page.title.textContent);
  }

  async function render() {
    const mine = turn += 1, isStale = () => mine !== turn;
    const experiment = hash.get("e"), slug = hash.get("r");
    if (!experiment || !slug) { stand("The address names no run: choose one in a table of runs."); return; }
    if (!registry.has(page.sources, experiment)) { stand(`The experiment ${cut(experiment, 80)} is not in this build.`); return; }
    const source = page.sources[experiment], runs = await page.read(experiment);
    if (isStale()) return;
    const i = runs.index.get(slug);
    if (i === undefined) stand(...missing(runs, source, slug));
    else await showRun(runs, source, i, isStale);
  }

  function wire() {
    const main = document.querySelector("[data-shared-run]");
    if (!main) return;
    const find = (name) => main.querySelector(`[data-run-${name}]`), title = document.querySelector("h1"), lead = document.querySelector(".lead");
    const tables = new Map(), sources = JSON.parse(document.querySelector("script[data-run-sources]").textContent);
    page = {
      main, sources, title, lead, first: { title: title.textContent, lead: lead.textContent, trail: document.querySelector("[data-run-trail]").textContent }, siteTitle: document.title.split(" · ").pop(), trail: document.querySelector("[data-run-trail]"), steps: document.querySelector("[data-run-steps]"),
      notice: find("notice"), standing: find("standing"), view: find("view"), curves: find("curves"), metrics: find("metrics"), side: find("side"),
      read: (experiment) => {
        if (!tables.has(experiment)) tables.set(experiment, registry.load(`table:${experiment}`, sources[experiment].table).then(runfolio.runs.read));
        tables.get(experiment).catch(() => tables.delete(experiment));
        return tables.get(experiment);
      },
    };
    for (const part of main.querySelectorAll("[data-without-script]")) part.hidden = true;
    runfolio.redraw.wire();
    const again = () => render().catch((error) => stand(`The run could not be shown: ${error.message}`));
    hash.onChange(again);
    again();
  }

  runfolio.sharedRun = { wire };
})(window.runfolio);
