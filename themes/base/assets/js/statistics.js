// Estimates and Welch's test in the browser, for another baseline than the build's. As analysis/student.py and estimate.py.
(function (runfolio) {
  "use strict";

  const TINY = 1e-300;
  const away = (x) => (Math.abs(x) > TINY ? x : TINY);

  /** ln Γ(a + 1/2) − ln Γ(a): the recurrence up to a >= 20, then the asymptotic series. */
  function logGammaStep(a) {
    let sum = 0;
    for (; a < 20; a += 1) sum += Math.log(a / (a + 0.5));
    const tail = 1 / a, square = tail * tail;
    return sum + Math.log(a) / 2 - tail * (1 / 8 - square * (1 / 192 - square * (1 / 640 - square * 17 / 14336)));
  }

  /** The continued fraction of the incomplete beta function (modified Lentz). */
  function fraction(a, b, x) {
    let c = 1, d = 1 / away(1 - (a + b) * x / (a + 1)), value = d;
    for (let m = 1; m < 10000; m += 1) {
      const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
      d = 1 / away(1 + even * d);
      c = away(1 + even / c);
      value *= d * c;
      const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      d = 1 / away(1 + odd * d);
      c = away(1 + odd / c);
      value *= d * c;
      if (Math.abs(d * c - 1) < 1e-16) break;
    }
    return value;
  }

  /** P(|T| > |t|) for df > 0 degrees of freedom: I_x(df/2, 1/2) with x = df / (df + t²). */
  function tTwoSided(t, df) {
    if (Number.isNaN(t) || Number.isNaN(df)) return NaN;
    const square = t * t;
    if (!Number.isFinite(square)) return 0;
    const a = df / 2, x = df / (df + square), y = square / (df + square);
    if (y <= 0) return 1;
    if (x <= 0) return 0;
    const logX = y < 0.5 ? Math.log1p(-y) : Math.log(x);
    const front = Math.exp(a * logX + 0.5 * Math.log(y) - (Math.log(Math.PI) / 2 - logGammaStep(a)));
    return x < (a + 1) / (a + 2.5) ? front * fraction(a, 0.5, x) / a : 1 - front * fraction(0.5, a, y) / 0.5;
  }

  /** The t with P(|T| <= t) = level, by bisection. */
  function tQuantile(level, df) {
    const target = 1 - level;
    let low = 0, high = 1;
    while (tTwoSided(high, df) > target) { low = high; high *= 2; }
    for (let i = 0; i < 100; i += 1) {
      const middle = (low + high) / 2;
      if (middle === low || middle === high) break;
      if (tTwoSided(middle, df) > target) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  }

  /** Sum without the rounding of each addition (Neumaier). */
  function sum(values) {
    let total = 0, rest = 0;
    for (const value of values) {
      const next = total + value;
      rest += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
      total = next;
    }
    return total + rest;
  }

  function mean(values) { return values.length ? values[0] + sum(values.map((value) => value - values[0])) / values.length : NaN; }

  /** Sample variance, divisor n − 1; NaN for n < 2. */
  function variance(values) {
    if (values.length < 2) return NaN;
    const middle = mean(values), parts = values.map((value) => value - middle);
    return Math.max(sum(parts.map((part) => part * part)) - sum(parts) ** 2 / values.length, 0) / (values.length - 1);
  }

  /** {difference, error, df} of mean(a) − mean(b); NaN for error and df where there is no spread. */
  function welch(a, b) {
    const va = variance(a) / a.length, vb = variance(b) / b.length, total = va + vb;
    const difference = mean(a) - mean(b);
    if (!(total > 0) || !Number.isFinite(total)) return { difference, error: NaN, df: NaN };
    return { difference, error: Math.sqrt(total), df: 1 / ((va / total) ** 2 / (a.length - 1) + (vb / total) ** 2 / (b.length - 1)) };
  }

  /** The same with one spread for both (Student). */
  function pooled(a, b) {
    const df = a.length + b.length - 2, spread = ((a.length - 1) * variance(a) + (b.length - 1) * variance(b)) / df;
    return { difference: mean(a) - mean(b), error: spread > 0 ? Math.sqrt(spread * (1 / a.length + 1 / b.length)) : NaN, df };
  }

  /** Two-sided p of the Welch statistic over all splits; above 200,000 of them over 9,999 drawn ones (fixed seed). */
  function permutationP(a, b) {
    const all = [...a, ...b], middle = mean(all), values = all.map((value) => value - middle);
    const n = values.length, k = a.length, m = b.length;
    const total = sum(values), squares = sum(values.map((value) => value * value));
    const statistic = (sumA, squaresA) => {
      const sumB = total - sumA, spread = Math.max(squaresA - sumA ** 2 / k, 0) / (k - 1) / k + Math.max(squares - squaresA - sumB ** 2 / m, 0) / (m - 1) / m;
      const gap = sumA / k - sumB / m;
      return spread > 0 ? Math.abs(gap) / Math.sqrt(spread) : gap === 0 ? 0 : Infinity;
    };
    const part = values.slice(0, k);
    const limit = statistic(sum(part), sum(part.map((value) => value * value))) * (1 - 1e-9);
    let splits = 1;
    for (let i = 1; i <= k; i += 1) splits = splits * (n - k + i) / i;
    let found = 0;
    if (splits > 200000) {
      let state = 1;
      for (let draw = 0; draw < 9999; draw += 1) {
        let sumA = 0, squaresA = 0;
        for (let i = 0; i < k; i += 1) {
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
          const j = i + Math.floor(state / 4294967296 * (n - i));
          [values[i], values[j]] = [values[j], values[i]];
          sumA += values[i];
          squaresA += values[i] * values[i];
        }
        if (statistic(sumA, squaresA) >= limit) found += 1;
      }
      return (1 + found) / 10000;
    }
    (function choose(from, left, sumA, squaresA) {
      if (left === 0) { if (statistic(sumA, squaresA) >= limit) found += 1; return; }
      for (let i = from; i <= n - left; i += 1) choose(i + 1, left - 1, sumA + values[i], squaresA + values[i] * values[i]);
    })(0, k, 0, 0);
    return found / Math.round(splits);
  }

  /** Holm's adjusted p values, same order; NaN stays and does not count. */
  function holm(ps) {
    const order = ps.map((_, i) => i).filter((i) => !Number.isNaN(ps[i])).sort((i, j) => ps[i] - ps[j]);
    const result = ps.slice();
    let highest = 0;
    order.forEach((i, rank) => { result[i] = highest = Math.max(highest, Math.min(1, (order.length - rank) * ps[i])); });
    return result;
  }

  runfolio.statistics = { tTwoSided, tQuantile, mean, variance, welch, pooled, permutationP, holm };
})(window.runfolio);
