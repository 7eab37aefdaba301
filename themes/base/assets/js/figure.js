// Figures that a page makes from loaded traces: Compare and the shared run page.
(function (runfolio) {
  "use strict";

  /** A y range from the middle 98% of values and the final ones. */
  function yRange(traces) {
    const all = traces.flatMap((trace) => Array.from(trace.y).filter(Number.isFinite)).sort((a, b) => a - b);
    if (!all.length) return [0, 1];
    const ends = traces.map((trace) => trace.y[trace.y.length - 1]).filter(Number.isFinite);
    const low = Math.min(all[Math.floor(0.01 * (all.length - 1))], ...ends), high = Math.max(all[Math.ceil(0.99 * (all.length - 1))], ...ends);
    const pad = (high - low || Math.abs(high) || 1) * 0.04;
    return [low - pad, high + pad];
  }

  /** A live chart of loaded traces; `size`: [width, height, [top, right, bottom, left]]. */
  function make(id, title, caption, traces, shared, size) {
    const { el, svg } = runfolio.elements;
    const record = { id, title, x: shared.x, y: shared.y, width: size[0], height: size[1], margin: size[2], scale: 1, traces: [], sources: {} };
    const picture = svg("svg", { "data-plot": true, class: "chart", viewBox: `0 0 ${size[0]} ${size[1]}`, role: "img", "aria-label": `${title}. ${caption}` });
    const menu = el("div", { "data-figure-menu": true, class: "figure-menu figure-tools" }, ...[["explore", "Explore"], ["svg", "SVG"], ["png", "PNG"], ["csv", "CSV"], ["json", "JSON"]]
      .map(([action, text]) => el("button", { type: "button", "data-action": action }, text)));
    const figure = el("figure", { class: "figure", id: `fig-${id}`, "data-chart": true }, el("h3", { class: "figure-title" }, title), el("div", { class: "plot" }, picture), el("div", { "data-readout": true }), el("figcaption", { class: "note" }, caption), menu);
    const chart = runfolio.curves.attach(figure, record, () => Promise.resolve(traces));
    chart.isDrawn = true;
    chart.live = picture.appendChild(svg("g", { "data-drawn": true }));
    runfolio.plot.draw(chart.live, record, traces, 0);
    return figure;
  }

  runfolio.figure = { make, yRange };
})(window.runfolio);
