// A figure's menu: Explore, Data as table, Copy link, and the figure to take away as SVG, PNG, CSV or Plotly JSON.
(function (runfolio) {
  "use strict";

  const { curves, explore } = runfolio;
  const PROPERTIES = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "stroke-linejoin", "stroke-linecap", "vector-effect", "paint-order", "opacity", "font-family", "font-size", "font-weight", "text-anchor", "dominant-baseline"];

  /** The picture as an SVG document of its own: colours resolved, text as text, no classes, what is hidden left out. */
  function svgText(svg, title) {
    const copy = svg.cloneNode(true);
    const originals = [svg, ...svg.querySelectorAll("*")], copies = [copy, ...copy.querySelectorAll("*")];
    const gone = [];
    originals.forEach((node, i) => {
      const style = getComputedStyle(node);
      if (node !== svg && (style.display === "none" || node.matches(".crosshair"))) gone.push(copies[i]);
      for (const name of PROPERTIES) {
        const value = style.getPropertyValue(name);
        if (value) copies[i].setAttribute(name, /^(fill|stroke)$/.test(name) ? explore.plain(value) : value);
      }
      for (const name of ["class", "style", "tabindex"]) copies[i].removeAttribute(name);
    });
    for (const node of gone) node.remove();
    const [width, height] = svg.viewBox.baseVal.width ? [svg.viewBox.baseVal.width, svg.viewBox.baseVal.height] : [svg.clientWidth, svg.clientHeight];
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", width);
    copy.setAttribute("height", height);
    const { svg: make } = runfolio.elements;
    copy.prepend(make("rect", { width: "100%", height: "100%", fill: explore.palette([]).bg }));
    if (!copy.querySelector("title")) copy.prepend(make("title", null, title));
    return { text: new XMLSerializer().serializeToString(copy), width, height };
  }

  /** The same at twice the size, as a PNG Blob. */
  async function png({ text, width, height }) {
    const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: width * 2, height: height * 2 });
    canvas.getContext("2d").drawImage(image, 0, 0, width * 2, height * 2);
    URL.revokeObjectURL(url);
    return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no image"))), "image/png"));
  }

  /** The text of an axis of words at a place, else the number. */
  function word(axis, value) {
    if (!axis.ticks) return value;
    return axis.ticks.reduce((best, tick) => (Math.abs(tick[0] - value) < Math.abs(best[0] - value) ? tick : best))[1];
  }

  /** One line a point: series, step, time, value, low, high, n, in the chart's units. A chart that is not along steps goes by the names of its axes, one of rows by its table. */
  function csv(traces, record = {}) {
    // The data scripts keep seven digits; what floats write behind them means nothing.
    const at = (values, i) => values && Number(values[i].toPrecision(6));
    if (record.rows) return runfolio.exporting.csv(record.rows[0], record.rows.slice(1));
    if (record.fixed) {
      const points = traces.flatMap((trace) => Array.from(trace.y, (_, i) => [trace.name, word(record.x, trace.x[i]), word(record.y, at(trace.y, i)), at(trace.low, i), at(trace.high, i)]));
      // A band alone has ends and no value.
      const known = points.filter((row) => row[2] === row[2] || Number.isFinite(row[3])).map((row) => row.map((value) => (value === value ? value : null)));
      return runfolio.exporting.csv(["series", record.x.label, record.y.label, "low", "high"], known);
    }
    const rows = traces.flatMap((trace) => Array.from(trace.y, (_, i) => [trace.name, trace.step[i], at(trace.time, i), at(trace.y, i), at(trace.low, i), at(trace.high, i), trace.n && trace.n[i]]));
    return runfolio.exporting.csv(["series", "step", "time", "value", "low", "high", "n"], rows);
  }

  const actions = {
    explore: (chart, button) => explore.toggle(chart, button),
    table(chart) {
      const details = chart.figure.querySelector("details[data-figure-table]");
      if (!details) return;
      details.open = !details.open;
      if (details.open) details.querySelector("summary").focus();
    },
    link(chart) {
      const { query } = runfolio.hash.parse(location.hash);
      return runfolio.elements.copy(runfolio.elements.address(runfolio.hash.format({ anchor: chart.figure.id, query })), "Link to the figure copied.");
    },
    svg: (chart, _, name) => runfolio.elements.download(`${name}.svg`, svgText(chart.svg, chart.record.title).text, "image/svg+xml"),
    async png(chart, _, name) { runfolio.elements.download(`${name}.png`, await png(svgText(chart.svg, chart.record.title))); },
    async csv(chart, _, name) { runfolio.elements.download(`${name}.csv`, csv(await curves.engage(chart), chart.record), "text/csv;charset=utf-8"); },
    async json(chart, _, name) {
      await curves.engage(chart);
      runfolio.elements.download(`${name}.json`, JSON.stringify(explore.figure(chart), null, 1), "application/json");
    },
  };

  /** The picture must be in the page to be taken: while Plotly shows, it is laid out again for a moment. */
  async function run(name, chart, button) {
    const wasHidden = chart.svg.style.display === "none" && name !== "explore";
    if (wasHidden) chart.svg.style.display = "";
    try {
      await actions[name](chart, button, chart.record.id);
    } catch (error) {
      runfolio.elements.say(`This did not work: ${error.message}`);
    } finally { if (wasHidden) chart.svg.style.display = "none"; }
  }

  function wire() {
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-figure-menu] [data-action]");
      const figure = button && button.closest("figure[data-chart]");
      if (figure && figure.chart && actions[button.dataset.action]) run(button.dataset.action, figure.chart, button);
    });
  }

  runfolio.figureMenu = { svgText, csv, run, wire };
})(window.runfolio);
