// The runs of an experiment, from its table script: raw values, texts and labels by column name. No DOM.
(function (runfolio) {
  "use strict";

  const { has } = runfolio.registry;
  const FIELDS = {
    name: ["names", "text", "Run"], id: ["ids", "text", "Id"], status: ["statuses", "text", "Status"], outcome: ["outcomes", "text", "Outcome"],
    group: ["groups", "text", "Configuration"], started: ["started", "text", "Started"], duration: ["durations", "number", "Time"], tags: ["tags", "text", "Tags"],
  };
  const NONFINITE = { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity };

  const measured = (value) => (typeof value === "string" ? NONFINITE[value] : value);

  /** The runs behind a table payload. */
  function read(payload) {
    const n = payload.ids.length;
    const metrics = {};
    for (const [name, values] of Object.entries(payload.metrics)) Object.defineProperty(metrics, name, { value: values.map(measured), enumerable: true });
    const { parameters, specs } = payload;
    const groups = payload.group_labels || {};
    const index = new Map(payload.slugs.map((slug, i) => [slug, i]));
    const scientific = new Map();

    const parameterOf = (column) => (column.startsWith("parameters.") ? column.slice(11) : null);
    const metricOf = (column) => (column.startsWith("metrics.") ? column.slice(8) : null);
    const spec = (name) => (has(specs || {}, name) ? specs[name] : { label: name, unit: "", goal: "none", scale: 1, decimals: null });

    /** Raw values of a column, shape (n,), or null where the data do not hold it. */
    function values(column) {
      const parameter = parameterOf(column), metric = metricOf(column);
      if (parameter !== null) return has(parameters, parameter) ? parameters[parameter] : null;
      if (metric !== null) return has(metrics, metric) ? metrics[metric] : null;
      return has(FIELDS, column) ? payload[FIELDS[column][0]] || null : null;
    }

    function kind(column) {
      if (metricOf(column) !== null) return "number";
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

    const columns = () => [...Object.keys(FIELDS).filter((name) => payload[FIELDS[name][0]]), ...Object.keys(parameters).map((name) => `parameters.${name}`), ...Object.keys(metrics).map((name) => `metrics.${name}`)];

    return { n, payload, index, parameters, metrics, spec, values, kind, label, text, record, columns, groups };
  }

  runfolio.runs = { read };
})(window.runfolio);
