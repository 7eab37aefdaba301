// T2: the live Plotly figure on request, with the picture's margins, ranges and colours, and none of Plotly's ways out.
(function (runfolio) {
  "use strict";

  const { curves, registry } = runfolio;
  const CONFIG = { displaylogo: false, responsive: true, showSendToCloud: false, plotlyServerURL: "", modeBarButtonsToRemove: ["sendChartToCloud"] };

  /** Any CSS colour as `rgba(…)`: what Plotly and other programs read. */
  function plain(colour) {
    if (/^rgba?\(/.test(colour) || colour === "none") return colour;
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return `rgba(${r}, ${g}, ${b}, ${Math.round(a / 2.55) / 100})`;
  }

  /** Resolved colours of roles and tokens: what the stylesheet says for the theme in force. */
  function palette(names) {
    const probe = document.body.appendChild(document.createElement("span"));
    const colour = (name) => {
      probe.style.color = `var(--${name}, var(--ink))`;
      return plain(getComputedStyle(probe).color);
    };
    const result = Object.fromEntries([...names, "ink", "ink-2", "line", "bg", "worse"].map((name) => [name, colour(name)]));
    probe.remove();
    return result;
  }

  /** Names are text: Plotly's own markup is escaped. */
  const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

  /** The names of rows, each over its row, as the picture has them. */
  const rowNames = (view, colours) => (view.rows ? view.ticks : []).map(([at, text]) => (
    { text: escape(text), xref: "paper", x: 0, xanchor: "left", y: at, yanchor: "bottom", yshift: 2, showarrow: false, font: { color: colours.ink }, bgcolor: colours.bg, borderpad: 0 }));

  /** Where both ends of a band are known: [from, to) of each stretch. */
  function stretches(low, high) {
    const found = [];
    for (let i = 0; i < low.length; i += 1) {
      if (!Number.isFinite(low[i]) || !Number.isFinite(high[i])) continue;
      if (found.length && found[found.length - 1][1] === i) found[found.length - 1][1] = i + 1;
      else found.push([i, i + 1]);
    }
    return found;
  }

  const faint = (colour, share) => colour.replace(/^rgba?\(([^,)]+,[^,)]+,[^,)]+).*\)$/, `rgba($1, ${share})`);

  function axis(view, colours) {
    const isLog = view.scale === "log";
    return {
      title: { text: view.unit ? `${view.label}, ${view.unit}` : view.label, font: { size: 12 } }, type: isLog ? "log" : "linear",
      range: isLog ? [Math.log10(view.low), Math.log10(view.high)] : [view.low, view.high],
      gridcolor: colours.line, linecolor: colours.line, zeroline: false, automargin: false, exponentformat: "e",
      ...(isLog && view.high / view.low >= 300 ? { dtick: 1 } : {}),
      ...(view.ticks ? { tickvals: view.ticks.map(([at]) => at), ticktext: view.ticks.map(([, text]) => (view.rows ? "" : escape(text))) } : {}),
    };
  }

  function traceFigures(trace, colours, smoothing) {
    const colour = colours[trace.role], x = Array.from(trace.x);
    const clean = (values) => Array.from(values, (value) => (Number.isFinite(value) ? value : null));
    if (trace.mark) {
      const isCross = trace.mark === "cross";
      const marker = { color: isCross ? colours.worse : colour, size: 6, opacity: 0.75, symbol: isCross ? "x-thin-open" : "circle" };
      return [{ x, y: clean(trace.y), type: "scatter", mode: "markers", name: trace.name, marker, cliponaxis: false, showlegend: false }];
    }
    const edge = { type: "scatter", mode: "lines", line: { width: 0 }, hoverinfo: "skip", showlegend: false };
    const result = [];
    for (const [from, to] of trace.low && trace.high ? stretches(trace.low, trace.high) : []) {
      const part = (values) => Array.from(values.slice(from, to));
      result.push({ ...edge, x: part(x), y: part(trace.low) }, { ...edge, x: part(x), y: part(trace.high), fill: "tonexty", fillcolor: faint(colour, 0.18) });
    }
    const line = { color: colour, width: trace.thin ? 1 : trace.bar ? 4 : 2, dash: trace.role === "baseline" ? "dash" : "solid" };
    const main = { x, type: "scatter", mode: "lines", name: trace.name, line, showlegend: false, connectgaps: false };
    if (smoothing > 0) {
      result.push({ ...main, y: clean(trace.y), opacity: 0.25, hoverinfo: "skip" });
      result.push({ ...main, y: clean(runfolio.series.smooth(trace.x, trace.y, smoothing)) });
    } else result.push({ ...main, y: clean(trace.y) });
    return result;
  }

  /** The Plotly figure {data, layout} of a chart whose traces are loaded. */
  function figure(chart) {
    const { record, view, traces } = chart;
    const colours = palette(traces.map((trace) => trace.role));
    const [t, r, b, l] = record.margin;
    const escaped = traces.map((trace) => ({ ...trace, name: escape(trace.name) }));
    return {
      data: escaped.flatMap((trace) => traceFigures(trace, colours, chart.smoothing)),
      layout: {
        margin: { t, r, b, l }, height: chart.svg.getBoundingClientRect().height || record.height, autosize: true,
        xaxis: { ...axis(view.x, colours), showgrid: false }, yaxis: { ...axis(view.y, colours), title: {}, nticks: 6 }, hovermode: record.still ? "closest" : "x unified", showlegend: false,
        font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: colours["ink-2"] },
        paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", modebar: { bgcolor: "rgba(0,0,0,0)", color: colours["ink-2"] },
        hoverlabel: { bgcolor: colours.bg, font: { color: colours.ink } }, uirevision: record.id,
        annotations: rowNames(view.y, colours),
      },
    };
  }

  function sentence(chart, text) {
    chart.exploreNote = chart.exploreNote || runfolio.elements.el("p", { class: "note figure-note", role: "alert" });
    chart.exploreNote.textContent = text;
    chart.svg.after(chart.exploreNote);
  }

  /** Plotly's bundle; its style sheet for maps, which the policy would refuse with an error on the console, is left out. */
  async function loadPlotly() {
    const { head } = document;
    head.appendChild = (node) => (node.tagName === "STYLE" && node.textContent ? node : Node.prototype.appendChild.call(head, node));
    try {
      await registry.script(document.documentElement.dataset.plotly || "assets/plotly.js");
    } finally { delete head.appendChild; }
    if (!window.Plotly) throw new Error("Plotly did not start.");
  }

  async function open(chart, button) {
    button.setAttribute("aria-busy", "true");
    try {
      await Promise.all([loadPlotly(), curves.engage(chart)]);
    } catch (error) {
      sentence(chart, `The live chart needs a file of this site that is not there (${error.message}) The picture and its table hold the same numbers.`);
      return;
    } finally { button.removeAttribute("aria-busy"); }
    chart.plot = runfolio.elements.el("div", { class: "live-plot", role: "group", "aria-label": `${chart.record.title}, live chart` });
    chart.svg.after(chart.plot);
    const { data, layout } = figure(chart);
    await window.Plotly.newPlot(chart.plot, data, layout, CONFIG);
    chart.svg.style.display = "none";
    button.textContent = "Picture";
    button.setAttribute("aria-pressed", "true");
  }

  function close(chart, button) {
    window.Plotly.purge(chart.plot);
    chart.plot.remove();
    chart.plot = null;
    chart.svg.style.display = "";
    button.textContent = "Explore";
    button.setAttribute("aria-pressed", "false");
  }

  const toggle = (chart, button) => (chart.plot ? close(chart, button) : open(chart, button));

  /** Live figures again, after the theme or the page's chart controls changed. */
  function refresh() {
    for (const chart of curves.charts) {
      if (!chart.plot) continue;
      const { data, layout } = figure(chart);
      window.Plotly.react(chart.plot, data, layout, CONFIG);
    }
  }

  /** A figure a run brought along, drawn on request with our settings and without its own. */
  async function showOwn(holder, button) {
    try {
      await loadPlotly();
      const { data, layout } = JSON.parse(holder.querySelector("script[data-live]").textContent);
      const place = holder.appendChild(runfolio.elements.el("div", { class: "live-plot" }));
      await window.Plotly.newPlot(place, data, { ...layout, autosize: true, width: undefined }, CONFIG);
      button.remove();
    } catch (error) { button.after(runfolio.elements.el("p", { class: "note figure-note", role: "alert" }, `The figure could not be shown: ${error.message}`)); }
  }

  function wire() {
    for (const holder of document.querySelectorAll("[data-live-figure]")) {
      const button = holder.querySelector("[data-action=show-figure]");
      for (const part of holder.querySelectorAll("[data-without-script]")) part.hidden = true;
      if (button) button.addEventListener("click", () => showOwn(holder, button));
    }
    document.addEventListener("runfolio:theme", refresh);
    document.addEventListener("runfolio:redrawn", refresh);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", refresh);
  }

  runfolio.explore = { figure, toggle, palette, plain, wire };
})(window.runfolio);
