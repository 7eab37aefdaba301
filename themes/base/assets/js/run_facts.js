// What the shared run page says of a run, from the table script and the run's series; words as pages/run.py. No DOM.
(function (runfolio) {
  "use strict";

  const WORDS = { finished: "finished", failed: "failed", running: "running", interrupted: "interrupted" };

  /** One word on how a run ended. */
  function ending(runs, i) {
    const outcome = runs.payload.outcomes[i], status = runs.payload.statuses[i];
    if (outcome === "diverged") return outcome;
    return outcome === "not logged" && status === "finished" ? outcome : WORDS[status] || status;
  }

  const inGroup = (runs, group) => runs.payload.groups.flatMap((each, i) => (each === group ? [i] : []));

  function withUnit(text, spec) {
    if (!spec.unit || spec.is_time) return text;
    return spec.unit === "%" ? `${text}%` : `${text} ${spec.unit}`;
  }

  /** Where a value stands beside the baseline's mean; empty where there is nothing to compare it with. */
  function place(runs, i, spec, value) {
    const { payload } = runs, { baseline } = payload, groups = Object.keys(runs.groups).length;
    if (!baseline || groups < 2) return "";
    if (payload.groups[i] === baseline) return ", one run of the baseline";
    const mean = runfolio.statistics.mean(runfolio.compareItems.groupSample(runs, baseline, payload.primary).values);
    if (!Number.isFinite(mean)) return "";
    const gap = value - mean, unit = spec.unit === "%" ? "points" : spec.unit, size = runfolio.format.metric(Math.abs(gap), spec);
    return `, ${unit && !spec.is_time ? `${size} ${unit}` : size} ${gap >= 0 ? "above" : "below"} the baseline's mean`;
  }

  /** The h1. */
  function headline(runs, i) {
    const { payload } = runs, name = payload.names[i], outcome = payload.outcomes[i], all = runs.values(`metrics.${payload.primary}`);
    if (outcome === "diverged" || payload.statuses[i] === "failed" || !all || all[i] === null) return `${name} ${ending(runs, i)}`;
    const spec = runs.spec(payload.primary);
    return `${name}: ${spec.label} ${withUnit(runfolio.format.metric(all[i], spec), spec)}${place(runs, i, spec, all[i])}`;
  }

  /** The paragraph under it. */
  function lead(runs, i) {
    const group = runs.payload.groups[i], n = inGroup(runs, group).length, label = runs.groups[group], status = runs.payload.statuses[i];
    const ends = { interrupted: " It stopped without writing an end.", running: " It was still running when this site was built." };
    return `${n > 1 ? `One of ${n.toLocaleString("en")} runs` : "The only run"} of ${label}.${ends[status] || ""}`;
  }

  /** All settings; with the baseline's value where all its runs share one and it is another. */
  function settings(runs, i) {
    const { payload } = runs;
    const members = payload.baseline && payload.groups[i] !== payload.baseline ? inGroup(runs, payload.baseline) : [];
    return Object.keys(runs.parameters).flatMap((name) => {
      const all = runs.parameters[name], show = (k) => (all[k] === null ? "–" : runfolio.format.parameter(all[k], runfolio.format.usesScientific([all[k]])));
      const theirs = new Set(members.map((k) => `${typeof all[k]}:${all[k]}`));
      const isOther = theirs.size === 1 && !theirs.has(`${typeof all[i]}:${all[i]}`);
      return all[i] === null && !isOther ? [] : [{ name, value: show(i), baseline: isOther ? show(members[0]) : null }];
    });
  }

  /** Facts in the order of a run's own page. */
  function about(runs, i) {
    const { payload } = runs, { started, durations, tags, ids, groups } = payload;
    return [
      ["Status", ending(runs, i)],
      ...(started[i] ? [["Started", runs.text("started", i)]] : []),
      ...(durations[i] !== null ? [["Took", runs.text("duration", i)]] : []),
      ["Configuration", runs.groups[groups[i]]],
      ...(tags[i].length ? [["Tags", tags[i].join(", ")]] : []),
      ["Run id", ids[i]],
    ];
  }

  /** What was logged where a series has `value`, in single precision: the table's own value if it is that one, else seven digits. */
  const exact = (value, known) => (Math.fround(known) === value ? known : Number.isFinite(value) ? Number(value.toPrecision(7)) : value);

  /** The end and the extremes of a series, in logged units: {last, low, lowStep, high, highStep}. `known`: the run's value in the table. */
  function extremes({ step, value }, known) {
    const found = { last: value.length ? value[value.length - 1] : null, low: null, lowStep: null, high: null, highStep: null };
    value.forEach((each, k) => {
      if (!Number.isFinite(each)) return;
      if (found.low === null || each < found.low) Object.assign(found, { low: each, lowStep: step[k] });
      if (found.high === null || each > found.high) Object.assign(found, { high: each, highStep: step[k] });
    });
    for (const key of ["last", "low", "high"]) if (found[key] !== null) found[key] = exact(found[key], known);
    return found;
  }

  const alike = (a, b) => {
    let from = 0, end = 0;
    while (from < a.length && a[from] === b[from]) from += 1;
    while (end < Math.min(a.length, b.length) - from && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
    return from + end - Math.abs(a.length - b.length) / 2;
  };

  /** The runs whose slugs share the most characters at both ends with `slug`: at most three, none that shares less than half. */
  function nearest(runs, slug) {
    return runs.payload.slugs.map((each, i) => ({ i, score: alike(slug, each) })).filter(({ score }) => score >= slug.length / 2)
      .sort((a, b) => b.score - a.score || a.i - b.i).slice(0, 3).map(({ i }) => i);
  }

  runfolio.runFacts = { ending, inGroup, headline, lead, settings, about, exact, extremes, nearest };
})(window.runfolio);
