// Curves on the compare page: over each other, as differences from the base, or one small chart each.
(function (runfolio) {
  "use strict";

  const { registry, series, statistics } = runfolio;

  const roleOf = (i, base) => (i === base ? "baseline" : ["category-1", "category-2", "category-3", "category-4", "category-5", "category-6", "focus"][i < base || base < 0 ? i : i - 1] || "muted");

  /** The loaded traces of the items, in shown units; null for an item without this metric. */
  function load(items, metric, base) {
    return Promise.all(items.map(async (item, i) => {
      if (!item.series || !item.series.src) return null;
      const [key, group] = item.series.key.split(/#(.*)/s);
      const data = await registry.load(key, item.series.src).catch(() => null);
      const own = data && registry.series(group === undefined ? data.metrics : registry.has(data.groups, group) ? data.groups[group] : null, metric);
      if (!own || !own.step.length) return null;
      const scale = item.runs.spec(metric).scale || 1, shown = (values) => values && values.map((value) => value * scale);
      return { name: item.label, role: roleOf(i, base), item: i, step: own.step, x: own.step, time: own.time, y: shown(own.value), low: shown(own.low), high: shown(own.high), n: own.n };
    }));
  }

  const quantiles = new Map();
  /** t(.975) at df, to two digits of df: fine enough for a band. */
  function quantile(df) {
    const key = Number(df.toPrecision(2));
    if (!quantiles.has(key)) quantiles.set(key, statistics.tQuantile(0.95, key));
    return quantiles.get(key);
  }

  /** Pointwise Welch interval of the difference of two means with 95% t bands; none where either has none. */
  function differenceBand(a, b, xs, ys) {
    if (!a.low || !b.low) return {};
    const part = (trace, x) => {
      const i = series.nearest(trace.x, x), n = trace.n ? trace.n[i] : 0;
      const half = (series.at(trace.x, trace.high, x) - series.at(trace.x, trace.low, x)) / 2;
      return n >= 3 && Number.isFinite(half) ? { n, v: (half / quantile(n - 1)) ** 2 } : null;
    };
    const halves = xs.map((x) => {
      const p = part(a, x), q = part(b, x);
      if (!p || !q || p.v + q.v === 0) return NaN;
      return quantile((p.v + q.v) ** 2 / (p.v ** 2 / (p.n - 1) + q.v ** 2 / (q.n - 1))) * Math.sqrt(p.v + q.v);
    });
    return { low: ys.map((y, i) => y - halves[i]), high: ys.map((y, i) => y + halves[i]) };
  }

  function differences(traces, base) {
    const from = traces[base];
    if (!from) return [];
    return traces.filter((trace) => trace && trace !== from).map((trace) => {
      const { x, y } = series.difference(trace, from);
      return { ...trace, x, step: x, time: null, y, n: null, ...{ low: null, high: null }, ...differenceBand(trace, from, x, y) };
    });
  }

  /** Figures for a view (`overlay`, `difference`, `multiples`); a sentence where there is nothing to draw. */
  async function figures(items, metric, base, view) {
    const { el } = runfolio.elements;
    const loaded = await load(items, metric, base);
    const present = loaded.filter(Boolean);
    const label = items[0].runs.label(`metrics.${metric}`);
    if (!present.length) return [el("p", { class: "note" }, `No curve of ${label} is logged for these.`)];
    const shown = view === "difference" ? differences(loaded, base) : present;
    if (!shown.length) return [el("p", { class: "note" }, `${items[base].label} has no curve of ${label} to take a difference from.`)];
    const steps = series.extent(shown.map((trace) => trace.x)) || [0, 1];
    const [low, high] = runfolio.figure.yRange(shown);
    const positive = series.extent(shown.map((trace) => trace.y));
    const shared = {
      x: { label: "step", unit: "", low: steps[0], high: steps[1] > steps[0] ? steps[1] : steps[0] + 1, scale: "linear" },
      y: { label, unit: "", low: view === "difference" ? Math.min(low, 0) : low, high: view === "difference" ? Math.max(high, 0) : high, scale: "linear", log_is_offered: Boolean(positive && positive[0] > 0 && positive[1] > 20 * positive[0]) },
    };
    const band = shown.some((trace) => trace.low) ? " Band: 95% interval of the mean, pointwise." : "";
    if (view === "multiples") return shown.map((trace, i) => runfolio.figure.make(`compare-${i + 1}`, trace.name, `${label}, same axes in all charts.${band}`, [trace], shared, [360, 220, [8, 90, 36, 48]]));
    const isDifference = view === "difference";
    const title = isDifference ? `${label}: difference from ${items[base].label}` : label;
    const note = isDifference ? "Interpolated on common steps. Above zero: higher than the base." + (band ? " Band: pointwise 95% interval of the difference." : "") : `${shown.length} curves.${band}`;
    if (isDifference) shown.unshift({ name: items[base].label, role: "baseline", thin: true, x: steps, step: steps, y: [0, 0], time: null, low: null, high: null, n: null });
    // On a phone the same picture in fewer units keeps its words legible.
    const size = window.innerWidth < 700 ? [380, 280, [8, 110, 36, 44]] : [1120, 380, [8, 190, 40, 56]];
    return [runfolio.figure.make("compare", title, note, shown, shared, size)];
  }

  runfolio.compareCurves = { figures, differences, roleOf };
})(window.runfolio);
