// Orders of rows: stable, several keys, missing values last in either direction. No DOM.
(function (runfolio) {
  "use strict";

  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  const isMissing = (value) => value === null || value === undefined || value === "" || Number.isNaN(value);

  /** A cell's raw text as a number; NaN where it is none. */
  function toNumber(text) {
    if (typeof text === "number") return text;
    if (text === null || text === undefined || String(text).trim() === "") return NaN;
    const plain = String(text).replace(/\u2212/g, "-").replace(/^\+/, "");
    return plain === "Infinity" ? Infinity : Number(plain);
  }

  /** `-lr,name` → [{key, isDescending}]. */
  function parse(parts) {
    return parts.filter(Boolean).map((part) => ({ key: part.replace(/^-/, ""), isDescending: part.startsWith("-") }));
  }

  const format = (keys) => keys.map(({ key, isDescending }) => (isDescending ? "-" : "") + key);

  /**
   * Indexes 0 … n-1 in order. `keys`: [{values, kind: number|text, isDescending}] with values of length n;
   * equal rows keep their place.
   */
  function order(n, keys) {
    const columns = keys.map(({ values, kind, isDescending }) => {
      const cells = kind === "number" ? Float64Array.from({ length: n }, (_, i) => toNumber(values[i])) : values;
      const compare = kind === "number" ? (a, b) => a - b || 0 : collator.compare;
      return (i, j) => {
        const a = cells[i], b = cells[j], noA = isMissing(a), noB = isMissing(b);
        if (noA || noB) return noA === noB ? 0 : noA ? 1 : -1;
        return isDescending ? compare(b, a) : compare(a, b);
      };
    });
    const indexes = Array.from({ length: n }, (_, i) => i);
    return columns.length ? indexes.sort((i, j) => {
      for (const compare of columns) {
        const sign = compare(i, j);
        if (sign) return sign;
      }
      return 0;
    }) : indexes;
  }

  runfolio.sort = { parse, format, order, toNumber };
})(window.runfolio);
