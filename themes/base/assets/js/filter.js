// The filter box's text as terms: one chip each, joined by `and`. No DOM.
(function (runfolio) {
  "use strict";

  /** {terms: [{text}], metrics, matches(i), without(k), error}: what a text means for these runs, and the metrics it asks about. */
  function read(text, runs) {
    if (!text.trim() || !runs) return { terms: [], metrics: [], error: "", matches: () => true, without: () => "" };
    const known = { parameters: new Set(Object.keys(runs.parameters)), metrics: new Set(runs.metricNames) };
    let where;
    try {
      where = runfolio.where.parse(text, known);
    } catch (error) {
      return { terms: [], metrics: [], error: [error.message, error.hint].filter(Boolean).join(". ") };
    }
    const { tree } = where;
    const parts = tree.kind === "all" && tree.from === undefined ? tree.parts : [{ from: 0, to: text.length }];
    const terms = parts.map(({ from, to }) => ({ text: text.slice(from, to).trim() }));
    return {
      terms,
      metrics: where.metrics,
      error: "",
      matches: (i) => where.matches(runs.record(i)),
      without: (k) => terms.filter((_, i) => i !== k).map((term) => term.text).join(" "),
    };
  }

  runfolio.filter = { read };
})(window.runfolio);
