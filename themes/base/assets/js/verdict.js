// The verdict rule of docs/statistics.md, as analysis/judging.py and verdict.py; tests/verdict_cases.json holds both.
(function (runfolio) {
  "use strict";

  const LEVEL = 0.05, FEWEST = 3, FEWEST_TO_PERMUTE = 5;

  /** value − base in numbers: {absolute, low, high, low90, high90, p}; null where there is nothing to test. */
  function contrast(a, b, isEqualSpread) {
    const { mean, welch, pooled, tTwoSided, tQuantile } = runfolio.statistics;
    const plain = { absolute: mean(a) - mean(b), low: null, high: null, low90: null, high90: null, p: null };
    if (Math.min(a.length, b.length) < FEWEST) return plain;
    const { difference, error, df } = (isEqualSpread ? pooled : welch)(a, b);
    if (!(error > 0) || !(df > 0)) return plain;
    const half = tQuantile(0.95, df) * error, half90 = tQuantile(0.9, df) * error;
    return { absolute: difference, low: difference - half, high: difference + half, low90: difference - half90, high90: difference + half90, p: tTwoSided(difference / error, df) };
  }

  /** Verdict, qualifier and reason of one difference; the first rule that applies speaks. */
  function say(found, counts, spec, adjusted, family, blocked, isDisputed) {
    const { number, signed, fourDigits, intervalDecimals } = runfolio.format;
    if (blocked) return { verdict: "not judged", qualifier: "", reason: blocked };
    if (Math.min(...counts) < FEWEST) return { verdict: "too few runs", qualifier: "", reason: `${counts[0]} and ${counts[1]} runs; at least 3 each` };
    if (found.low === null || adjusted === null) return { verdict: "not judged", qualifier: "", reason: "runs are identical; the seed seems to have no effect, or they are copies" };
    const scale = spec.scale || 1, gap = found.absolute * scale, low = found.low * scale, high = found.high * scale;
    const decimals = intervalDecimals(low, high), n = `n=${counts[0]} and ${counts[1]}`;
    const name = spec.unit === "%" ? "points" : spec.unit, unit = name ? ` ${name}` : "", threshold = Math.abs((spec.threshold || 0) * scale);
    if (adjusted <= LEVEL && !isDisputed) {
      const isUp = gap > 0, [from, to] = isUp ? [low, high] : [-high, -low];
      const verdict = spec.goal === "none" ? (isUp ? "higher" : "lower") : isUp === (spec.goal === "maximize") ? "better" : "worse";
      const size = `${fourDigits(threshold)}${unit}`;
      const qualifier = !threshold || from > threshold ? "" : to < threshold ? `by less than ${size}` : `maybe by less than ${size}`;
      return { verdict, qualifier, reason: `${verdict} by ${number(Math.abs(gap), decimals)}${unit}${qualifier ? `, ${qualifier}` : ""}, 95% interval ${number(from, decimals)} to ${number(to, decimals)}, ${n}` };
    }
    if (spec.threshold && -spec.threshold < found.low90 && found.high90 < spec.threshold) {
      const qualifier = `within ±${fourDigits(threshold)}${unit}`;
      return { verdict: "equivalent", qualifier, reason: `equivalent ${qualifier}, 90% interval ${signed(found.low90 * scale, decimals)} to ${signed(found.high90 * scale, decimals)}, ${n}` };
    }
    const reason = `the difference is between ${signed(low, decimals)} and ${signed(high, decimals)}${unit}, ${n}`;
    if (isDisputed) return { verdict: "no clear difference", qualifier: "tests disagree", reason: `${reason}; the t test and the permutation test disagree` };
    const isAlone = family > 1 && (low > 0 || high < 0);
    return { verdict: "no clear difference", qualifier: "", reason: isAlone ? `${reason}; excludes 0 on its own, not after correcting for ${family} comparisons` : reason };
  }

  /**
   * Each candidate against the base: {absolute, low, high, p, adjusted, verdict, qualifier, reason}, Holm over all that
   * could be tested. A sample: {values, missing, label}; `missing` says what became of runs that do not count.
   */
  function judge(base, candidates, spec, options) {
    const { holm, permutationP } = runfolio.statistics;
    const found = candidates.map(({ values }) => contrast(values, base.values, options && options.isEqualSpread));
    const blocked = candidates.map(({ missing }) => [missing, base.missing && `${base.label}: ${base.missing}`].filter(Boolean).join("; "));
    const tested = found.map((each, i) => (blocked[i] || each.p === null ? NaN : each.p));
    const adjusted = holm(tested), family = tested.filter((p) => !Number.isNaN(p)).length;
    return found.map((each, i) => {
      const a = candidates[i].values, b = base.values, p = Number.isNaN(adjusted[i]) ? null : adjusted[i];
      const isDisputed = p !== null && p <= LEVEL && Math.min(a.length, b.length) >= FEWEST_TO_PERMUTE && permutationP(a, b) > LEVEL;
      return { ...each, adjusted: p, ...say(each, [a.length, b.length], spec, p, family, blocked[i], isDisputed) };
    });
  }

  const words = ({ verdict, qualifier }) => (qualifier ? `${verdict}, ${qualifier}` : verdict);

  const OUTCOMES = [["diverged", "diverged", "diverged"], ["failed", "failed", "failed"], ["interrupted", "was interrupted", "were interrupted"], ["running", "is still running", "are still running"], ["not logged", "did not log the metric", "did not log the metric"]];

  /** `2 of 5 runs diverged, 1 failed`; empty when every run counts. */
  function missingText(outcomes) {
    const parts = OUTCOMES.map(([outcome, one, many]) => [outcomes.filter((each) => each === outcome).length, one, many]).filter(([n]) => n);
    return parts.map(([n, one, many], i) => `${n}${i ? "" : ` of ${outcomes.length} ${outcomes.length === 1 ? "run" : "runs"}`} ${n > 1 ? many : one}`).join(", ");
  }

  runfolio.verdict = { judge, words, missingText };
})(window.runfolio);
