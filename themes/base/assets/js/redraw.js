// The page's chart controls: x (step, time), y (linear, log) and smoothing redraw every chart from its series, without Plotly.
(function (runfolio) {
  "use strict";

  const { curves, hash, plot, series } = runfolio;

  function controls() { return document.querySelector("[data-chart-controls]"); }

  const wanted = () => ({ x: hash.get("x") || "step", y: hash.get("y"), smoothing: Math.min(0.998, Math.max(0, Number(hash.get("s")) || 0)) });

  /** The axes a chart gets, and a sentence for what it could not follow. */
  function axes(record, traces, { x, y }) {
    const hasTime = traces.length > 0 && traces.every((trace) => trace.time);
    const view = { x: record.x, y: record.y };
    let note = "";
    if (x === "time" && hasTime) {
      const range = series.extent(traces.map((trace) => trace.time));
      view.x = { ...record.x, label: "time", unit: "s", scale: "linear", low: 0, high: range ? range[1] : 1 };
    } else if (x === "time") note = "Time is not known for averages over runs: shown by step.";
    if (y === "linear") view.y = { ...record.y, scale: "linear" };
    if (y === "log" && (record.y.log_is_offered || record.y.scale === "log")) {
      const positive = series.extent(traces.map((trace) => trace.y), (value) => value > 0);
      const low = record.y.low > 0 ? record.y.low : positive && positive[0];
      if (low && record.y.high > low) view.y = { ...record.y, scale: "log", low };
    }
    return { view, note };
  }

  function showNote(chart, text) {
    if (!chart.note && text) {
      const { el } = runfolio.elements, tools = chart.figure.querySelector(".figure-tools, [data-figure-menu]");
      const caption = chart.figure.querySelector("figcaption") || chart.figure.insertBefore(el("figcaption", { class: "note" }), tools);
      chart.note = caption.appendChild(el("p", { class: "figure-note" }));
    }
    if (chart.note) { chart.note.textContent = text; chart.note.hidden = !text; }
  }

  /** Draws into a group of its own and hides the picture that came with the page, or brings that back. */
  function apply(chart, state) {
    const { view, note } = axes(chart.record, chart.traces, state);
    const isDefault = !chart.isDrawn && view.x === chart.record.x && view.y.scale === chart.record.y.scale && state.smoothing === 0;
    for (const trace of chart.traces) trace.x = view.x.label === "time" && trace.time ? trace.time : trace.step;
    chart.view = view;
    chart.smoothing = state.smoothing;
    const shown = { ...chart.record, ...view };
    chart.frame = plot.frame(shown);
    if (!chart.live && !isDefault) chart.svg.append(chart.live = runfolio.elements.svg("g", { "data-drawn": true }));
    for (const child of chart.svg.children) {
      const isWord = /^(title|desc|defs|style)$/.test(child.localName) || child.classList.contains("crosshair");
      if (!isWord) child.style.display = (child === chart.live) === isDefault ? "none" : "";
    }
    if (!isDefault) plot.draw(chart.live, shown, chart.traces, state.smoothing);
    curves.refresh(chart);
    const smoothed = state.smoothing > 0 ? `Smoothed ${state.smoothing} (moving average, debiased); the raw line is behind. ` : "";
    showNote(chart, smoothed + note);
  }

  let isAsked = false;

  /** Redraws every chart whose state differs from the picture; charts of an untouched page load nothing. */
  function redrawAll() {
    const state = wanted();
    const isPlain = state.x === "step" && !state.y && !state.smoothing;
    const due = curves.charts.filter((chart) => !chart.record.fixed && (!isPlain || chart.live))
      .map((chart) => curves.engage(chart).then((traces) => { if (traces.length) apply(chart, wanted()); }));
    Promise.all(due).then(() => document.dispatchEvent(new Event("runfolio:redrawn")));
  }

  function soon() {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => { isAsked = false; redrawAll(); });
  }

  function wire() {
    const bar = controls();
    if (!bar || bar.isWired) return;
    bar.isWired = true;
    const control = (name) => bar.querySelector(`[data-control="${name}"]`);
    const show = () => {
      const state = wanted();
      for (const name of ["x", "y"]) if (control(name)) control(name).value = state[name] || control(name).options[0].value;
      if (control("smoothing")) {
        control("smoothing").value = state.smoothing;
        control("smoothing").setAttribute("aria-valuetext", state.smoothing ? String(state.smoothing) : "off");
      }
    };
    const choose = (name, key, first) => control(name) && control(name).addEventListener("change", (event) => {
      hash.push({ [key]: event.target.value === first ? null : event.target.value });
      soon();
    });
    choose("x", "x", "step");
    choose("y", "y", control("y") && control("y").options[0].value);
    if (control("smoothing")) control("smoothing").addEventListener("input", (event) => {
      hash.replace({ s: Number(event.target.value) || null });
      show();
      soon();
    });
    hash.onChange(() => { show(); soon(); });
    show();
    soon();
  }

  runfolio.redraw = { axes, apply, soon, wire };
})(window.runfolio);
