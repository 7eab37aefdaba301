// A run's page draws its first metrics; the others become charts when a reader asks, from the series of the same runs.
(function (runfolio) {
  "use strict";

  const { curves, series } = runfolio;

  /** The page's first chart with another metric: the same runs, roles and size. */
  function recordFor(record, metric, scale) {
    return { ...record, scale, traces: record.traces.map((trace) => ({ ...trace, metric })) };
  }

  async function draw(button) {
    const first = document.querySelector("figure[data-chart] script[data-figure]"), { metric, scale, title } = button.dataset;
    const record = recordFor(JSON.parse(first.textContent), metric, Number(scale));
    const traces = await curves.loadTraces(record);
    const steps = series.extent(traces.map((trace) => trace.x)), range = series.extent(traces.map((trace) => trace.y));
    if (!steps || !range) { runfolio.elements.say(`No curve of ${title} can be drawn: its data could not be loaded.`); return; }
    const [low, high] = runfolio.figure.yRange(traces);
    const shared = {
      x: { ...record.x, low: steps[0], high: steps[1] > steps[0] ? steps[1] : steps[0] + 1 },
      y: { label: title, unit: "", low, high, scale: "linear", log_is_offered: range[0] > 0 && range[1] > 20 * range[0] },
    };
    const words = first.closest("figure").querySelector(".figure-subtitle").textContent;
    const figure = runfolio.figure.make(`more-${document.querySelectorAll("figure[data-chart]").length}`, title, words, traces, shared, [record.width, record.height, record.margin]);
    first.closest(".figures").append(figure);
    runfolio.redraw.soon();
    button.remove();
    figure.scrollIntoView({ block: "nearest" });
    figure.querySelector("svg[data-plot]").focus({ preventScroll: true });
  }

  function wire() {
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-draw]");
      if (button && !button.disabled) {
        button.disabled = true;
        draw(button).finally(() => { button.disabled = false; });
      }
    });
  }

  runfolio.moreCurves = { wire, recordFor };
})(window.runfolio);
