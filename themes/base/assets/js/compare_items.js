// What Compare lays side by side: runs and groups with their settings and results. No DOM.
(function (runfolio) {
  "use strict";

  const { has } = runfolio.registry;
  const MOST = 8;

  function runItem(experiment, runs, i) {
    const slug = runs.payload.slugs[i];
    return {
      key: slug, kind: "run", experiment, runs, indexes: [i], label: runs.payload.names[i], href: runs.address(i),
      series: runs.payload.series ? { key: `series:${slug}`, src: runs.payload.series[i] } : null,
    };
  }

  function groupItem(experiment, runs, group, curves) {
    const indexes = runs.payload.groups.map((each, i) => (each === group ? i : -1)).filter((i) => i >= 0);
    return {
      key: `${experiment}/${group}`, kind: "group", group, experiment, runs, indexes, label: has(runs.groups, group) ? runs.groups[group] : group,
      href: `experiments/${experiment}.html#c-${encodeURIComponent(group)}`, series: curves ? { key: `curves:${experiment}#${group}`, src: curves } : null,
    };
  }

  /** Items for run slugs and `experiment/group` keys, those that are in this build; `missing` counts the others. */
  function resolve(wanted, tables, curves) {
    const items = [];
    let missing = 0;
    for (const { kind, key } of wanted) {
      let item = null;
      if (kind === "run") {
        for (const [experiment, runs] of tables) if (!item && runs.index.has(key)) item = runItem(experiment, runs, runs.index.get(key));
      } else {
        const cut = key.indexOf("/"), experiment = key.slice(0, cut), group = key.slice(cut + 1), runs = tables.get(experiment);
        if (runs && runs.payload.groups.includes(group)) item = groupItem(experiment, runs, group, has(curves, experiment) ? curves[experiment] : null);
      }
      if (item) items.push(item);
      else missing += 1;
    }
    return { items: items.slice(0, MOST), missing, tooMany: Math.max(0, items.length - MOST) };
  }

  /** An item's setting: its text and a text by which two are equal. Replicates that differ say so. */
  function setting(item, name) {
    const column = `parameters.${name}`, all = item.runs.values(column);
    const values = [...new Set(item.indexes.map((i) => (all ? all[i] : null)))];
    if (values.length === 1) return { text: all && values[0] !== null ? item.runs.text(column, item.indexes[0]) : "–", same: `${typeof values[0]}:${values[0]}` };
    return { text: `${values.length} values`, same: `several:${values.join()}` };
  }

  /** Rows of settings: [{name, cells, isDifferent}], in order of first appearance. */
  function settingRows(items) {
    const names = [...new Set(items.flatMap((item) => Object.keys(item.runs.parameters)))];
    return names.map((name) => {
      const cells = items.map((item) => setting(item, name));
      return { name, cells: cells.map((cell) => cell.text), isDifferent: new Set(cells.map((cell) => cell.same)).size > 1 };
    }).filter((row) => row.cells.some((text) => text !== "–"));
  }

  /** How a run ended for a metric: the build's word for its headline metric, else what status and value say. */
  function outcomeOf(runs, i, metric) {
    const all = runs.values(`metrics.${metric}`), value = all ? all[i] : null, status = runs.payload.statuses[i];
    if (metric === runs.payload.primary && runs.payload.outcomes[i] !== "ok") return runs.payload.outcomes[i];
    if (status === "running") return status;
    if (value !== null && !Number.isFinite(value)) return "diverged";
    if (status !== "finished") return status;
    return value === null ? "not logged" : "ok";
  }

  /** {values, missing, label}: the values that count, and what became of the other runs. A single run always counts. */
  function sample(item, metric) {
    const all = item.runs.values(`metrics.${metric}`);
    const outcomes = item.indexes.map((i) => outcomeOf(item.runs, i, metric));
    const counts = (i, k) => all && Number.isFinite(all[i]) && (item.kind === "run" || outcomes[k] === "ok");
    return { values: item.indexes.filter(counts).map((i) => all[i]), missing: runfolio.verdict.missingText(outcomes), label: item.label };
  }

  const groupSample = (runs, group, metric) => sample(groupItem("", runs, group, null), metric);

  /** Where in `values` the best stands, or -1 without a goal, a second value, or a single best one. */
  function bestOf(values, goal) {
    const finite = values.filter(Number.isFinite);
    if (goal === "none" || finite.length < 2) return -1;
    const best = goal === "maximize" ? Math.max(...finite) : Math.min(...finite);
    return finite.filter((value) => value === best).length === 1 ? values.indexOf(best) : -1;
  }

  /** Verdicts of the groups against the base: the build's own where the base is the build's, else computed here. */
  function verdicts(items, base, metric, samples) {
    const { runs } = items[base], built = runs.payload.comparison && has(runs.payload.comparison, metric) ? runs.payload.comparison[metric] : null;
    if (built && items.every((item) => item.runs === runs) && built.baseline === items[base].group) return items.map((item, i) => (i === base ? null : has(built.results, item.group) ? built.results[item.group] : null));
    const others = items.map((_, i) => i).filter((i) => i !== base);
    const judged = runfolio.verdict.judge(samples[base], others.map((i) => samples[i]), runs.spec(metric));
    return items.map((_, i) => (i === base ? null : judged[others.indexOf(i)]));
  }

  /** Rows of results: [{name, label, spec, best, cells: [{value, n, of, difference, verdict}]}]. */
  function metricRows(items, base) {
    const primaries = items.map((item) => item.runs.payload.primary).filter(Boolean);
    const names = [...new Set([...primaries, ...items.flatMap((item) => Object.keys(item.runs.metrics))])];
    const areGroups = items.every((item) => item.kind === "group");
    return names.map((name) => {
      const spec = (items.find((item) => has(item.runs.metrics, name)) || items[0]).runs.spec(name);
      const samples = items.map((item) => sample(item, name));
      const values = samples.map(({ values: all }) => runfolio.statistics.mean(all));
      const judged = areGroups && items.length > 1 ? verdicts(items, base, name, samples) : [];
      const cells = items.map((item, i) => ({
        value: values[i], n: samples[i].values.length, of: item.indexes.length,
        difference: i === base ? null : values[i] - values[base], verdict: judged[i] || null,
      }));
      // The best of group means is a claim: only verdicts may make it.
      return { name, spec, label: items[0].runs.label(`metrics.${name}`), best: areGroups ? -1 : bestOf(values, spec.goal), cells };
    }).filter((row) => row.cells.some((cell) => cell.n > 0));
  }

  /** The page's headline, from the same rows as the table. */
  function headline(items, settings, results) {
    const kind = items.every((item) => item.kind === "run") ? "runs" : items.every((item) => item.kind === "group") ? "configurations" : "runs and configurations";
    const differing = settings.filter((row) => row.isDifferent).length;
    const wins = items.map((_, i) => results.filter((row) => row.best === i).length), most = Math.max(...wins, 0);
    const leader = wins.filter((n) => n === most).length === 1 && most > 0 ? `; ${items[wins.indexOf(most)].label} is best on ${most} of ${results.length} metrics` : "";
    return `${items.length} ${kind}: ${differing} of ${settings.length} settings differ${leader}`;
  }

  runfolio.compareItems = { MOST, resolve, settingRows, metricRows, bestOf, groupSample, headline };
})(window.runfolio);
