// T1: the crosshair, linked over all charts with the same x, and the read-out beside each plot.
(function (runfolio) {
  "use strict";

  const ROWS = 8;
  const { registry, series, plot } = runfolio;
  const charts = [];
  let cursor = null;

  /** The traces of a figure's record, in shown units; a source that cannot be loaded is a trace less. */
  async function loadTraces(record) {
    const load = async (source, metric) => {
      const [key, group] = source.split("#");
      const data = await registry.load(key, record.sources[key]).catch(() => null);
      return registry.series(data && (group ? data.groups[group] : data.metrics), metric);
    };
    const traces = await Promise.all(record.traces.map(async (trace) => {
      const all = (await Promise.all((trace.mean_of || [trace.source]).map((source) => load(source, trace.metric)))).filter(Boolean);
      const own = trace.mean_of ? series.mean(all) : all[0];
      if (!own) return null;
      const shown = (values) => values && values.map((value) => value * (record.scale || 1));
      return { ...trace, step: own.step, time: own.time, x: own.step, y: shown(own.value), low: trace.band ? shown(own.low) : null, high: trace.band ? shown(own.high) : null, n: own.n };
    }));
    return traces.filter(Boolean);
  }

  /** The rows of a read-out at `x`: at most 8, by value, greatest first; a trace outside its own range has none. */
  function rowsAt(chart, x) {
    const rows = [];
    for (const trace of chart.traces) {
      const i = series.nearest(trace.x, x);
      const gap = trace.x.length > 1 ? (trace.x[trace.x.length - 1] - trace.x[0]) / (trace.x.length - 1) : 0;
      if (i < 0 || x < trace.x[0] - gap || x > trace.x[trace.x.length - 1] + gap) continue;
      rows.push({ trace, i, x: trace.x[i], y: trace.y[i] });
    }
    const rank = ({ y }) => (Number.isNaN(y) ? -Infinity : y);
    return rows.sort((a, b) => rank(b) - rank(a));
  }

  function rowText(chart, { trace, i, y }) {
    const show = (value) => runfolio.format.inRange(value, chart.view.y);
    let text = show(y);
    if (chart.smoothing > 0) text += ` (smoothed ${show(series.smooth(trace.x, trace.y, chart.smoothing)[i])})`;
    if (trace.low && Number.isFinite(trace.low[i])) text += ` [${show(trace.low[i])}, ${show(trace.high[i])}]`;
    if (trace.n) text += `, n=${trace.n[i]}`;
    return text;
  }

  function buildReadout(chart) {
    const { el, button } = runfolio.elements;
    const node = chart.figure.querySelector("[data-readout]") || el("div", { "data-readout": true });
    if (!node.isConnected) (chart.svg.closest("div.plot") || chart.svg).after(node);
    node.classList.add("readout");
    const title = el("p", { class: "readout-title" });
    const rows = Array.from({ length: ROWS }, () => el("li", { hidden: true }, el("span", { class: "readout-dot" }), el("span", { class: "readout-name" }), el("span", { class: "readout-value" })));
    const more = el("p", { class: "readout-more", hidden: true });
    node.replaceChildren(title, el("ul", null, ...rows), more, el("p", { class: "readout-steps" },
      button("‹", () => move(chart, -1), { "aria-label": "Previous point" }), button("›", () => move(chart, 1), { "aria-label": "Next point" })));
    return { node, title, rows, more };
  }

  function buildCrosshair(chart) {
    const { svg } = runfolio.elements;
    const line = svg("line", { y1: chart.frame.top, y2: chart.frame.bottom });
    const dots = Array.from({ length: ROWS }, () => svg("circle", { r: 3 }));
    chart.svg.append(svg("g", { class: "crosshair", "aria-hidden": "true" }, line, ...dots));
    return { line, dots };
  }

  function show(chart) {
    if (!chart.traces || !chart.traces.length) return;
    chart.readout = chart.readout || buildReadout(chart);
    chart.crosshair = chart.crosshair || buildCrosshair(chart);
    const { frame, readout, crosshair } = chart;
    crosshair.line.parentNode.style.display = "";
    readout.node.hidden = false;
    const all = rowsAt(chart, cursor.x);
    const left = Math.round(frame.x(cursor.x) * 10) / 10;
    crosshair.line.setAttribute("x1", left);
    crosshair.line.setAttribute("x2", left);
    readout.title.textContent = `${chart.view.x.label} ${runfolio.format.position(cursor.x, chart.view.x)}`;
    readout.more.hidden = all.length <= ROWS;
    readout.more.textContent = `and ${all.length - ROWS} more`;
    for (let k = 0; k < ROWS; k += 1) {
      const row = all[k], item = readout.rows[k], dot = crosshair.dots[k];
      const top = row ? frame.y(row.y) : NaN;
      const isInside = top >= frame.top - 1 && top <= frame.bottom + 1;
      item.hidden = !row;
      dot.setAttribute("class", row && isInside ? `c-${row.trace.role}` : "is-away");
      if (!row) continue;
      if (isInside) { dot.setAttribute("cx", frame.x(row.x)); dot.setAttribute("cy", top); }
      item.children[0].className = `readout-dot c-${row.trace.role}`;
      item.children[1].textContent = runfolio.elements.middle(row.trace.name, 28);
      item.children[2].textContent = rowText(chart, row);
    }
  }

  /** The charts that are read along an x of this name; marks of others are no functions of x. */
  const linked = (label) => charts.filter((chart) => chart.view.x.label === label && !chart.record.still);

  /** Puts the crosshair of every chart with the same x at `x`. */
  function place(chart, x) {
    const reference = chart.traces.reduce((best, trace) => (trace.x.length > best.x.length ? trace : best));
    cursor = { label: chart.view.x.label, x: reference.x[series.nearest(reference.x, x)], reference };
    for (const other of linked(cursor.label)) show(other);
  }

  /** Takes the crosshair away from all charts: what lies under the read-outs can be reached again. */
  function clear() {
    cursor = null;
    for (const { crosshair, readout } of charts) {
      if (crosshair) crosshair.line.parentNode.style.display = "none";
      if (readout) readout.node.hidden = true;
    }
  }

  function move(chart, steps) {
    if (!chart.traces || !chart.traces.length) return;
    if (!cursor || cursor.label !== chart.view.x.label) place(chart, chart.view.x.low);
    else {
      const xs = cursor.reference.x;
      const i = Math.max(0, Math.min(xs.length - 1, series.nearest(xs, cursor.x) + steps));
      place(chart, xs[i]);
    }
    const texts = rowsAt(chart, cursor.x).slice(0, ROWS).map((row) => `${row.trace.name} ${rowText(chart, row)}`);
    runfolio.elements.say(`${chart.readout.title.textContent}: ${texts.join("; ")}`);
  }

  /** Loads the numbers of a chart, once; the charts linked to it follow. */
  function engage(chart) {
    chart.ready = chart.ready || chart.load().then((traces) => {
      chart.traces = traces;
      if (cursor && cursor.label === chart.view.x.label && !chart.record.still) show(chart);
      return traces;
    });
    return chart.ready;
  }

  function listen(chart) {
    const { svg } = chart;
    let wanted = null;
    const engageAll = () => { for (const other of linked(chart.view.x.label)) engage(other); };
    const follow = () => {
      if (wanted === null) return;
      const bounds = svg.getBoundingClientRect(), { left, right, toX } = chart.frame;
      const pixel = (wanted - bounds.left) / bounds.width * chart.record.width;
      wanted = null;
      if (chart.traces.length) place(chart, toX(Math.max(left, Math.min(right, pixel))));
    };
    const point = (event) => {
      if (!chart.ready) engageAll();
      if (wanted === null) requestAnimationFrame(() => engage(chart).then(follow));
      wanted = event.clientX;
    };
    svg.setAttribute("tabindex", "0");
    svg.style.touchAction = "pan-y";
    svg.addEventListener("pointerenter", engageAll);
    svg.addEventListener("focus", engageAll);
    svg.addEventListener("pointermove", point);
    svg.addEventListener("pointerdown", point);
    svg.addEventListener("pointerleave", (event) => {
      wanted = null;
      if (event.pointerType === "mouse" && document.activeElement !== svg) clear();
    });
    svg.addEventListener("keydown", (event) => {
      if (event.key === "Escape") clear();
      const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!direction || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      engage(chart).then(() => move(chart, direction * (event.shiftKey ? 10 : 1)));
    });
  }

  /** Makes a figure with an SVG live. `record` is that of the page's data block; `load` gives its traces. */
  function attach(figure, record, load) {
    const chart = { figure, record, svg: figure.querySelector("svg[data-plot]"), view: { x: record.x, y: record.y }, smoothing: 0, load: load || (() => loadTraces(record)) };
    chart.frame = plot.frame(record);
    charts.push(chart);
    figure.chart = chart;
    if (!record.still) listen(chart);
    return chart;
  }

  /** The crosshair again, after the chart was drawn with other axes. */
  function refresh(chart) {
    const isShown = cursor && cursor.label === chart.view.x.label;
    if (isShown) show(chart);
    if (chart.crosshair) {
      chart.svg.append(chart.crosshair.line.parentNode);
      chart.crosshair.line.parentNode.style.display = isShown ? "" : "none";
    }
  }

  /** Forgets charts that have left the page. */
  function prune() {
    for (let i = charts.length - 1; i >= 0; i -= 1) if (!charts[i].figure.isConnected) charts.splice(i, 1);
  }

  function wire() {
    for (const figure of document.querySelectorAll("figure[data-chart]")) {
      const block = figure.querySelector("script[data-figure]");
      if (block && !figure.chart && figure.querySelector("svg[data-plot]")) attach(figure, JSON.parse(block.textContent));
    }
    const focused = document.activeElement.closest("figure[data-chart]");
    if (focused && focused.chart) engage(focused.chart);
  }

  runfolio.curves = { attach, engage, refresh, prune, wire, charts, rowsAt, loadTraces };
})(window.runfolio);
