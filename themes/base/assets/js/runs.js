// The runs of an experiment, from its table script (pages/table_script.py): raw values, texts and labels by column. No DOM.
(function (runfolio) {
  "use strict";

  const { has } = runfolio.registry;
  const FIELDS = {
    name: ["names", "text", "Run"], id: ["ids", "text", "Id"], status: ["statuses", "text", "Status"], outcome: ["outcomes", "text", "Outcome"],
    group: ["groups", "text", "Configuration"], started: ["started", "text", "Started"], duration: ["durations", "number", "Time"], tags: ["tags", "text", "Tags"],
  };
  const NONFINITE = { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity };

  const measured = (value) => (typeof value === "string" ? NONFINITE[value] : value);
  const whole = (column) => (Array.isArray(column) ? column : column.at.map((place) => column.words[place]));
  /** Own properties only: a metric may be called `__proto__`. */
  const put = (object, name, value) => Object.defineProperty(object, name, { value, enumerable: true });

  /** The payload with every column written out, and what it leaves out derived. */
  function expand(raw) {
    const payload = { ...raw, slugs: raw.slugs || raw.ids, parameters: {} };
    for (const name of ["names", "statuses", "outcomes", "groups", "started", "durations", "tags"]) payload[name] = whole(raw[name]);
    for (const [name, column] of Object.entries(raw.parameters)) put(payload.parameters, name, whole(column));
    payload.series = payload.slugs.map((slug, i) => `series/${slug}.${raw.digests[i]}.js`);
    return payload;
  }

  /** The runs behind a table payload. */
  function read(raw) {
    const payload = expand(raw);
    const n = payload.ids.length;
    const metrics = {};
    const take = (all) => { for (const [name, values] of Object.entries(all)) put(metrics, name, values.map(measured)); };
    take(payload.metrics);
    const metricNames = Object.keys(payload.specs);
    const { parameters, specs } = payload;
    const groups = payload.group_labels || {};
    const index = new Map(payload.slugs.map((slug, i) => [slug, i]));
    const scientific = new Map();

    const parameterOf = (column) => (column.startsWith("parameters.") ? column.slice(11) : null);
    const metricOf = (column) => (column.startsWith("metrics.") ? column.slice(8) : null);
    const spec = (name) => (has(specs, name) ? specs[name] : { label: name, unit: "", goal: "none", scale: 1, decimals: null });

    let differences = null;
    /** Each run's headline value minus the baseline's mean, as the page's column; null without a baseline. */
    function differencesToBaseline() {
      const all = metrics[payload.primary];
      if (!all || !payload.baseline) return null;
      if (differences === null) {
        const mean = runfolio.statistics.mean(runfolio.compareItems.groupSample(runs, payload.baseline, payload.primary).values);
        differences = all.map((value) => (value !== null && Number.isFinite(value - mean) ? value - mean : null));
      }
      return differences;
    }

    /** Raw values of a column, shape (n,), or null where the data do not hold it. */
    function values(column) {
      const parameter = parameterOf(column), metric = metricOf(column);
      if (parameter !== null) return has(parameters, parameter) ? parameters[parameter] : null;
      if (metric !== null) return has(metrics, metric) ? metrics[metric] : null;
      if (column === "difference") return differencesToBaseline();
      return has(FIELDS, column) ? payload[FIELDS[column][0]] || null : null;
    }

    function kind(column) {
      if (metricOf(column) !== null || column === "difference") return "number";
      if (parameterOf(column) !== null) return (values(column) || []).some((value) => value !== null && typeof value !== "number") ? "text" : "number";
      return has(FIELDS, column) ? FIELDS[column][1] : "text";
    }

    function label(column) {
      const metric = metricOf(column);
      if (metric !== null) return spec(metric).unit ? `${spec(metric).label}, ${spec(metric).unit}` : spec(metric).label;
      return parameterOf(column) || (has(FIELDS, column) ? FIELDS[column][2] : column);
    }

    function isScientific(column) {
      if (!scientific.has(column)) scientific.set(column, runfolio.format.usesScientific(values(column)));
      return scientific.get(column);
    }

    /** What a cell says; a missing value says why. */
    function text(column, i) {
      const all = values(column);
      if (!all) return "";
      const value = all[i], metric = metricOf(column);
      if (metric !== null) return runfolio.format.metric(value, spec(metric));
      if (value === null || value === undefined) return "–";
      if (parameterOf(column) !== null) return runfolio.format.parameter(value, isScientific(column));
      if (column === "difference") return runfolio.format.signed(value * (spec(payload.primary).scale || 1), spec(payload.primary).decimals);
      if (column === "duration") return runfolio.format.duration(value);
      if (column === "started") return runfolio.format.moment(value);
      if (column === "group") return has(groups, value) ? groups[value] : value;
      return Array.isArray(value) ? value.join(", ") : String(value);
    }

    /** Columns seen as the Map of one run; `cursor.i` is that run, so that asking 10,000 of them makes nothing. */
    const cursor = { i: 0 };
    const mapLike = (all, columns = Object.values(all)) => ({
      has: (name) => has(all, name) && all[name][cursor.i] !== null,
      get: (name) => all[name][cursor.i],
      values: () => columns.map((column) => column[cursor.i]),
    });
    const seen = { experiment: payload.experiment, parameters: mapLike(parameters), metrics: mapLike(metrics) };

    /** One run as the where language sees it; the same object each time. */
    function record(i) {
      cursor.i = i;
      return Object.assign(seen, {
        name: payload.names[i], run_id: payload.ids[i], status: payload.statuses[i], group: payload.groups[i],
        started: payload.started[i], duration: payload.durations[i], tags: payload.tags[i] || [],
      });
    }

    /** Resolves once the values of these metrics are here: those that the table's script has no room for lie in further ones. */
    async function hold(names) {
      const asked = names.filter((name) => has(specs, name) && !has(metrics, name));
      await Promise.all((payload.further || []).map(async (part, i) => {
        if (!part.metrics.some((name) => asked.includes(name))) return;
        const values = await runfolio.registry.load(`metrics:${payload.slug}/${i + 1}`, part.src);
        if (!has(metrics, part.metrics[0])) take(values);
      }));
    }

    const metricsOf = (columns) => columns.map(metricOf).filter((name) => name !== null);

    /** Where run `i` is shown, from the site's root: its own page, else the one that runs share. */
    const hasPage = (i) => !payload.has_page || payload.has_page[i] === 1;
    const address = (i) => (hasPage(i) ? `runs/${payload.slugs[i]}.html` : sharedAddress(payload.slug, payload.slugs[i]));

    const columns = () => [...Object.keys(FIELDS).filter((name) => payload[FIELDS[name][0]]), ...Object.keys(parameters).map((name) => `parameters.${name}`), ...metricNames.map((name) => `metrics.${name}`)];

    const runs = { n, payload, index, parameters, metrics, metricNames, metricsOf, hold, spec, values, kind, label, text, record, columns, groups, hasPage, address };
    return runs;
  }

  /** `run.html#?v=1&e=<experiment>&r=<run>`. */
  const sharedAddress = (experiment, slug) => `run.html${runfolio.hash.format({ anchor: "", query: new Map([["e", [experiment]], ["r", [slug]]]) })}`;

  runfolio.runs = { read };
})(window.runfolio);
