// The page that shows any run: run.html#?v=1&e=<experiment>&r=<run>, from the table script and the run's series.
(function (runfolio) {
  "use strict";

  const { hash, registry } = runfolio;
  const MOST_CHARTS = 12, MOST_REPLICATES = 10, MOST_SIBLINGS = 40, MOST_OPEN = 12;
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
    const isOwn = !runs.payload.has_page || runs.payload.has_page[i];
    return [
      section("about", "About", pairs(facts.about(runs, i)), isOwn
        ? el("p", { class: "note" }, el("a", { href: registry.root() + runs.address(i) }, "This run's own page"), " also has its notes, environment and files.")
        : el("p", { class: "note" }, "Its notes, environment and artifacts are with the run itself: this site holds its settings, values and curves.")),
      ...(runs.payload.groups[i] === runs.payload.baseline ? [] : differences(runs, settings)),
      ...(settings.length ? [el("section", { class: "section", id: "settings" }, all)] : []),
      ...(siblings.length ? [section("replicates", "Other runs of this configuration", el("ul", { class: "links" }, ...siblings.slice(0, MOST_SIBLINGS).map((k) => el("li", null, linkTo(runs, k)))), more)] : []),
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
      const found = runfolio.runFacts.extremes(registry.series(series, name));
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
    const loaded = siblings.map((k) => seriesOf(runs, k).then((metrics) => ({ name: payload.names[k], metrics, role: "muted", thin: true, cut: runfolio.runFacts.isBad(payload.outcomes[k]) })).catch(() => null));
    const hasBaseline = payload.baseline && payload.baseline !== payload.groups[i];
    if (hasBaseline) {
      loaded.push(registry.load(`curves:${payload.slug}`, source.curves).catch(() => null)
        .then((found) => (found && registry.has(found.groups, payload.baseline) ? { name: "baseline", metrics: found.groups[payload.baseline], role: "baseline" } : null)));
    }
    return (await Promise.all(loaded)).filter(Boolean);
  }

  function traceOf({ name, metrics, role, thin, cut: isCut }, metric, spec) {
    const own = registry.series(metrics, metric), shown = (values) => values.map((value) => value * (spec.scale || 1));
    return own && own.step.length > 1 ? { name, role, thin, cut: isCut, step: own.step, x: own.step, time: own.time, y: shown(own.value), low: null, high: null, n: null } : null;
  }

  function figureOf(runs, metric, lines, place) {
    const { series, figure } = runfolio, spec = runs.spec(metric);
    const traces = lines.map((line) => traceOf(line, metric, spec)).filter(Boolean);
    if (!traces.some((trace) => trace.role === "focus")) return null;
    const steps = series.extent(traces.map((trace) => trace.x)), [low, high] = figure.yRange(traces), range = series.extent(traces.map((trace) => trace.y));
    if (!steps || !range) return null;
    const shared = {
      x: { label: "step", unit: "", low: steps[0], high: steps[1] > steps[0] ? steps[1] : steps[0] + 1, scale: "linear" },
      y: { label: runs.label(`metrics.${metric}`), unit: "", low, high, scale: "linear", log_is_offered: range[0] > 0 && range[1] > 20 * range[0] },
    };
    const replicates = traces.filter((trace) => trace.role === "muted").length;
    const words = ["This run", ...(replicates ? [`${replicates} replicate${replicates > 1 ? "s" : ""} in grey`] : []), ...(traces.some((trace) => trace.role === "baseline") ? ["the baseline's mean dashed"] : [])];
    const size = window.innerWidth < 700 ? [380, 280, [8, 110, 36, 44]] : [580, 300, [8, 150, 36, 48]];
    return figure.make(`m${place}`, runs.label(`metrics.${metric}`), `${words.join(", ")}.`, traces, shared, size);
  }

  async function showCurves(runs, source, i, series, isStale) {
    const { primary } = runs.payload, rank = (name) => (name === primary ? 0 : name.startsWith("system/") ? 2 : 1);
    const names = runs.metricNames.filter((name) => registry.has(series, name)).sort((a, b) => rank(a) - rank(b));
    const lines = [...await others(runs, source, i), { name: runs.payload.names[i], metrics: series, role: "focus", cut: runfolio.runFacts.isBad(runs.payload.outcomes[i]) }];
    if (isStale()) return;
    const figures = [];
    for (const name of names) {
      const made = figures.length < MOST_CHARTS ? figureOf(runs, name, lines, figures.length) : null;
      if (made) figures.push(made);
    }
    page.curves.replaceChildren(...figures);
    page.curves.closest("section").hidden = !figures.length;
    runfolio.curves.prune();
    runfolio.redraw.soon();
  }

  // ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────

  function tell(...parts) {
    page.notice.replaceChildren(...parts);
    page.notice.hidden = !parts.length;
    if (parts.length) runfolio.elements.say(page.notice.textContent);
  }

  function showStanding(isStanding) {
    page.main.classList.remove("is-waiting");
    page.standing.hidden = !isStanding;
    page.view.hidden = isStanding;
    if (!isStanding) return;
    setHead(page.first.title, page.first.lead);
    for (const part of [page.trail, page.steps]) part.replaceChildren();
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

  function sayMissing(runs, source, slug) {
    const { el } = runfolio.elements, near = runfolio.runFacts.nearest(runs, slug);
    tell(`The run ${cut(slug, 80)} is not in this build of ${source.title}. `, ...(near.length ? ["Nearest: ", ...listed(near.map((i) => linkTo(runs, i))), ". "] : []), "All of them: ", el("a", { href: `${registry.root()}${source.page}#runs` }, "the table of runs"), ".");
    showStanding(true);
  }

  async function render() {
    const mine = turn += 1, isStale = () => mine !== turn;
    const experiment = hash.get("e"), slug = hash.get("r");
    if (!experiment || !slug) { tell("The address names no run: choose one in a table of runs."); showStanding(true); return; }
    if (!registry.has(page.sources, experiment)) { tell(`The experiment ${cut(experiment, 80)} is not in this build.`); showStanding(true); return; }
    const source = page.sources[experiment], runs = await page.read(experiment);
    if (isStale()) return;
    const i = runs.index.get(slug);
    if (i === undefined) { sayMissing(runs, source, slug); return; }
    tell();
    setHead(runfolio.runFacts.headline(runs, i), runfolio.runFacts.lead(runs, i));
    showTrail(runs, source, i);
    page.side.replaceChildren(...aside(runs, i));
    showStanding(false);
    let series = null;
    try { series = await seriesOf(runs, i); } catch (error) { if (!isStale()) tell(`${error.message} The curves need it; the values below come from the table of runs.`); }
    if (isStale()) return;
    const table = metricsTable(runs, i, series);
    page.metrics.replaceChildren(...(table ? [table] : []));
    page.metrics.closest("section").hidden = !table;
    page.curves.closest("section").hidden = !series;
    if (series) await showCurves(runs, source, i, series, isStale);
    if (!isStale()) runfolio.elements.say(page.title.textContent);
  }

  function wire() {
    const main = document.querySelector("[data-shared-run]");
    if (!main) return;
    const find = (name) => main.querySelector(`[data-run-${name}]`), title = document.querySelector("h1"), lead = document.querySelector(".lead");
    const tables = new Map(), sources = JSON.parse(document.querySelector("script[data-run-sources]").textContent);
    page = {
      main, sources, title, lead, first: { title: title.textContent, lead: lead.textContent }, siteTitle: document.title.split(" · ").pop(), trail: document.querySelector("[data-run-trail]"), steps: document.querySelector("[data-run-steps]"),
      notice: find("notice"), standing: find("standing"), view: find("view"), curves: find("curves"), metrics: find("metrics"), side: find("side"),
      read: (experiment) => {
        if (!tables.has(experiment)) tables.set(experiment, registry.load(`table:${experiment}`, sources[experiment].table).then(runfolio.runs.read));
        tables.get(experiment).catch(() => tables.delete(experiment));
        return tables.get(experiment);
      },
    };
    for (const part of main.querySelectorAll("[data-without-script]")) part.hidden = true;
    runfolio.redraw.wire();
    const again = () => render().catch((error) => { tell(`The run could not be shown: ${error.message}`); });
    hash.onChange(again);
    again();
  }

  runfolio.sharedRun = { wire };
})(window.runfolio);
