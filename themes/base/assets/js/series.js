// Arithmetic on curves: smoothing, looking up a step, differences. No DOM.
(function (runfolio) {
  "use strict";

  const MOST_TICKS = 6;

  function isEven(xs) {
    if (xs.length < 3) return true;
    const gap = xs[1] - xs[0];
    for (let i = 2; i < xs.length; i += 1) if (Math.abs(xs[i] - xs[i - 1] - gap) > 1e-3 * Math.abs(gap)) return false;
    return true;
  }

  /**
   * Debiased exponential moving average, shape (n,), as analysis/smoothing.py: by point where x is even, else along x.
   * Non-finite values stay as they are and are not counted.
   */
  function smooth(xs, ys, strength) {
    const isByPoint = isEven(xs);
    const base = Math.min(isByPoint ? strength : Math.sqrt(strength), 0.999);
    const range = extent([xs.filter((_, i) => Number.isFinite(ys[i]))]);
    const width = range ? range[1] - range[0] : 0;
    const result = new Float64Array(ys.length);
    let sum = 0, share = 0, last = null;
    for (let i = 0; i < ys.length; i += 1) {
      if (!Number.isFinite(ys[i])) { result[i] = ys[i]; continue; }
      const distance = isByPoint ? 1 : last !== null && width ? (xs[i] - last) / width * 1000 : 0;
      const decay = base ** distance;
      sum = sum * decay + ys[i];
      share = share * decay + 1;
      last = xs[i];
      result[i] = sum / share;
    }
    return result;
  }

  /** Index of the first x >= value (xs ascending), xs.length where there is none. */
  function lowerBound(xs, value) {
    let low = 0, high = xs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (xs[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Index of the x nearest to `value`; -1 where xs is empty. */
  function nearest(xs, value) {
    const right = lowerBound(xs, value);
    if (right === 0) return xs.length ? 0 : -1;
    if (right === xs.length) return right - 1;
    return value - xs[right - 1] <= xs[right] - value ? right - 1 : right;
  }

  /** Linear interpolation inside the range of xs, NaN outside. */
  function at(xs, ys, x) {
    const right = lowerBound(xs, x);
    if (right === xs.length) return NaN;
    if (xs[right] === x) return ys[right];
    if (right === 0) return NaN;
    const share = (x - xs[right - 1]) / (xs[right] - xs[right - 1]);
    return ys[right - 1] + share * (ys[right] - ys[right - 1]);
  }

  /** The mean of several series at the union of their steps, each interpolated inside its own range; null for none. */
  function mean(all) {
    if (!all.length) return null;
    const step = [...new Set(all.flatMap((one) => Array.from(one.step)))].sort((p, q) => p - q);
    const value = step.map((x) => {
      const values = all.map((one) => at(one.step, one.value, x)).filter(Number.isFinite);
      return values.length ? values.reduce((a, b) => a + b) / values.length : NaN;
    });
    return { step, value, time: null, low: null, high: null, n: null };
  }

  /** `a` minus `b` on the union of their steps inside their common range. */
  function difference(a, b) {
    const x = [...new Set([...a.x, ...b.x])].sort((p, q) => p - q)
      .filter((value) => value >= Math.max(a.x[0], b.x[0]) && value <= Math.min(a.x[a.x.length - 1], b.x[b.x.length - 1]));
    return { x, y: x.map((value) => at(a.x, a.y, value) - at(b.x, b.y, value)) };
  }

  /** At most six round numbers in [low, high]; on a log axis powers of ten, or 1, 2, 5. As charts/ticks.py. */
  function ticks(low, high, scale) {
    if (!(high > low)) return [low];
    if (scale === "log" && low > 0 && high / low >= 10) {
      const parts = high / low < 300 ? [1, 2, 5] : [1], inside = [];
      for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
        for (const part of parts) inside.push(Number(`${part}e${power}`));
      }
      const shown = inside.filter((tick) => tick >= low && tick <= high), every = Math.ceil(shown.length / MOST_TICKS);
      return shown.filter((_, i) => i % every === 0);
    }
    let step = 10 ** Math.floor(Math.log10((high - low) / MOST_TICKS)), first = 0, last = -1;
    for (const factor of [1, 2, 2.5, 2, 2]) {
      step *= factor;
      first = Math.ceil(low / step - 1e-9);
      last = Math.floor(high / step + 1e-9);
      if (last - first < MOST_TICKS) break;
    }
    const result = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
    return result.length ? result : [low];
  }

  /** [smallest, largest] finite value over all arrays, or null. */
  function extent(arrays, isAllowed) {
    let low = Infinity, high = -Infinity;
    for (const values of arrays) {
      for (const value of values || []) {
        if (!Number.isFinite(value) || (isAllowed && !isAllowed(value))) continue;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    return low <= high ? [low, high] : null;
  }

  runfolio.series = { mean, smooth, nearest, at, difference, ticks, extent };
})(window.runfolio);
