// Numbers as text, by the same rules as the build (analysis/rounding.py); tests/format_cases.json holds both.
(function (runfolio) {
  "use strict";

  const MINUS = "\u2212";
  const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  const MOST_DECIMALS = 9, MOST_DIGITS = 11;
  const isFinite = Number.isFinite;

  /** |value| with so many decimals (may be negative), from its shortest decimal form, ties to even. */
  function fixed(value, decimals) {
    const [mantissa, power] = Math.abs(value).toExponential().split("e");
    const digits = mantissa.replace(".", "");
    const shift = Number(power) - (digits.length - 1) + decimals;
    let n = BigInt(digits);
    if (shift >= 0) n *= 10n ** BigInt(shift);
    else {
      const unit = 10n ** BigInt(-shift), rest = n % unit;
      n /= unit;
      if (rest * 2n > unit || (rest * 2n === unit && n % 2n === 1n)) n += 1n;
    }
    if (decimals <= 0) return String(n * 10n ** BigInt(-decimals));
    const text = String(n).padStart(decimals + 1, "0");
    return `${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
  }

  const isZero = (text) => !/[1-9]/.test(text);
  const trim = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  const nonfinite = (value) => (Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : `${MINUS}∞`);
  const sign = (value, text) => (value < 0 && !isZero(text) ? MINUS + text : text);
  const exponentOf = (value) => (value === 0 ? 0 : Number(value.toExponential().split("e")[1]));
  const fourDecimals = (value) => 3 - exponentOf(value);
  /** As a fixed-point print of the binary value: ties exist only where it is an exact binary fraction. */
  const plain = (value, decimals) => (Number.isInteger(value * 2 ** (decimals + 1)) ? fixed(value, decimals) : value.toFixed(decimals));
  const whole = (value) => Number(fixed(value, 0));

  function mantissaExponent(value) {
    const [mantissa, exponent] = Math.abs(value).toExponential().split("e");
    return sign(value, mantissa) + (Number(exponent) ? `e${Number(exponent)}` : "");
  }

  function scientific(value, decimals, isTrimmed) {
    const rounded = Number(fixed(value, decimals)) * Math.sign(value);
    if (!rounded) return "0";
    if (isTrimmed) return mantissaExponent(rounded);
    const [mantissa, power] = Math.abs(rounded).toExponential().split("e"), exponent = Number(power);
    return `${sign(value, fixed(Number(mantissa), Math.min(Math.max(decimals + exponent, 0), MOST_DECIMALS)))}e${exponent}`;
  }

  /** `decimals` digits after the point, a true minus, never minus zero. */
  function number(value, decimals) {
    if (!isFinite(value)) return nonfinite(value);
    if (decimals > MOST_DECIMALS) return scientific(value, decimals, false);
    if (Math.abs(value) >= (decimals > 0 ? 10 ** (MOST_DIGITS - decimals) : 1e15)) return scientific(value, fourDecimals(value), false);
    return sign(value, fixed(value, decimals));
  }

  /** The same with a plus sign before what is above zero. */
  function signed(value, decimals) {
    const text = number(value, decimals);
    return value > 0 && !isZero(text) ? `+${text}` : text;
  }

  /** Four significant digits; whole numbers whole; scientific outside 1e-4 … 1e6. */
  function fourDigits(value) {
    if (!isFinite(value)) return nonfinite(value);
    const size = Math.abs(value);
    if (Number.isInteger(value) && size < 1e9) return sign(value, String(size));
    if (size < 1e-4 || size >= 1e6) return scientific(value, fourDecimals(value), true);
    return trim(number(value, Math.max(fourDecimals(value), 0)));
  }

  const twoDigits = (value) => number(value, Math.max(1 - exponentOf(value), 0));

  /** `4.5 ms`, `0.45 s`, `12.3 s`, `2:27`, `2 h 4 min`, `3 d 4 h`. */
  function duration(seconds) {
    if (!isFinite(seconds)) return nonfinite(seconds);
    if (seconds < 0) return MINUS + duration(-seconds);
    if (!seconds) return "0 s";
    if (seconds < 0.0995) return seconds < 1e-3 ? `${twoDigits(seconds * 1e6)} µs` : `${twoDigits(seconds * 1e3)} ms`;
    if (seconds < 59.95) return `${plain(seconds, seconds < 0.995 ? 2 : 1)} s`;
    const all = whole(seconds), minutes = whole(seconds / 60), hours = whole(seconds / 3600);
    if (all < 3600) return `${Math.floor(all / 60)}:${String(all % 60).padStart(2, "0")}`;
    if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
    return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  }

  /** A setting with all its digits; in a column written scientifically `1e-3`, but `0.1` and `3`. */
  function parameter(value, isScientific) {
    if (value === null || value === undefined) return "none";
    if (typeof value !== "number") return String(value);
    if (Number.isInteger(value) && Math.abs(value) < 1e15) return sign(value, String(Math.abs(value)));
    if (value && (Math.abs(value) < (isScientific ? 0.1 : 1e-4) || Math.abs(value) >= 1e6)) return mantissaExponent(value);
    return sign(value, String(Math.abs(value)));
  }

  /** True for columns like learning rates: numbers, none negative, the smallest above zero at most 0.001. */
  function usesScientific(values) {
    const set = values.filter((value) => value !== null);
    if (!set.length || set.some((value) => typeof value !== "number" || !(value >= 0))) return false;
    const positive = set.filter((value) => value > 0);
    return positive.length > 0 && positive.reduce((a, b) => Math.min(a, b)) <= 1e-3 && positive.reduce((a, b) => Math.max(a, b)) <= 10;
  }

  /** Decimals for a number with this half-width (> 0), by the rule of the Particle Data Group. */
  function decimalsFor(halfWidth) {
    const [mantissa, power] = halfWidth.toExponential().split("e");
    const leading = Number(mantissa.replace(".", "").padEnd(3, "0").slice(0, 3));
    return leading <= 354 ? 1 - Number(power) : -Number(power);
  }

  /** Decimals for a difference and its interval: finer where an end would round to 0, for its side must be seen. */
  function intervalDecimals(low, high) {
    const half = Math.abs(high - low) / 2;
    if (!(half > 0) || !isFinite(half)) return 0;
    const least = decimalsFor(half), isSeen = (decimals) => [low, high].every((end) => end === 0 || !isZero(fixed(end, decimals)));
    return [least, least + 1, least + 2].find(isSeen) ?? least + 3;
  }

  /** A run's metric in shown units, or why there is none. */
  function metric(value, spec) {
    if (value === null || value === undefined) return "–";
    if (!isFinite(value)) return "diverged";
    if (spec.is_time) return duration(value);
    const shown = value * (spec.scale || 1);
    return Number.isInteger(spec.decimals) ? number(shown, spec.decimals) : fourDigits(shown);
  }

  /** `21 Nov 2026, 03:43 UTC`. */
  function moment(text) {
    const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(text);
    return parts ? `${Number(parts[3])} ${MONTHS[parts[2] - 1]} ${parts[1]}, ${parts[4]} UTC` : String(text);
  }

  /** A value with the digits that its axis deserves: about three of the axis' own length. As charts/ticks.py. */
  function inRange(value, { low, high, scale }) {
    if (!isFinite(value)) return nonfinite(value);
    const decimals = high > low ? Math.max(0, Math.min(9, 2 - Math.floor(Math.log10(high - low)))) : 2;
    const isLost = value !== 0 && Math.abs(value) < 0.5 * 10 ** -decimals;
    return scale === "log" || decimals > 5 || isLost ? fourDigits(Number(value.toPrecision(3))) : number(value, decimals);
  }

  const position = (value, { label, unit }) => (label === "time" ? duration(value) : fourDigits(value) + (unit ? ` ${unit}` : ""));

  /** Texts for ticks, all with the same decimals. */
  function ticks(values) {
    const isPlain = values.every((value) => !value || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e6));
    if (!isPlain) return values.map((value) => (value ? mantissaExponent(value) : "0"));
    const isEven = values.length < 3 || Math.abs(values[2] - 2 * values[1] + values[0]) < 1e-9 * Math.abs(values[1] - values[0]);
    const decimals = (value) => (String(value).split(".")[1] || "").length;
    const most = Math.max(0, ...values.map(decimals));
    return values.map((value) => number(value, isEven ? most : decimals(value)));
  }

  runfolio.format = { MINUS, number, signed, fourDigits, duration, parameter, usesScientific, decimalsFor, intervalDecimals, metric, moment, inRange, position, ticks };
})(window.runfolio);
