// Data scripts call runfolio.register(key, payload); load() appends them to the page and gives the parsed payload.
window.runfolio = window.runfolio || {};
(function (runfolio) {
  "use strict";

  const payloads = new Map();
  const scripts = new Map();
  const parsed = new Map();

  const keys = new Map();

  runfolio.register = (key, payload) => {
    payloads.set(key, payload);
    if (document.currentScript) keys.set(document.currentScript.getAttribute("src"), key);
  };

  const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
  const root = () => document.documentElement.dataset.root || "";

  /** Resolves once the script at the site-relative path `src` has run; a failed one may be asked for again. */
  function script(src) {
    if (!scripts.has(src)) {
      scripts.set(src, new Promise((resolve, reject) => {
        const element = document.createElement("script");
        element.src = root() + src;
        element.addEventListener("load", resolve);
        element.addEventListener("error", () => {
          scripts.delete(src);
          element.remove();
          reject(new Error(`${src} could not be loaded.`));
        });
        document.head.append(element);
      }));
    }
    return scripts.get(src);
  }

  /** The payload text registered under `key` by the script `src`. */
  async function payload(key, src) {
    if (!payloads.has(key)) await script(src);
    if (!payloads.has(key)) throw new Error(`${src} does not hold ${key}.`);
    return payloads.get(key);
  }

  /** The parsed payload; one promise a key. */
  function load(key, src) {
    if (!parsed.has(key)) {
      const promise = payload(key, src).then(JSON.parse);
      parsed.set(key, promise);
      promise.catch(() => parsed.delete(key));
    }
    return parsed.get(key);
  }

  /** The bytes of a data script at `src`, as text: its payload and key put together again as the build wrote them. */
  async function sourceText(src) {
    await script(src);
    const key = keys.get(root() + src);
    if (key === undefined) throw new Error(`${src} registers nothing.`);
    return `runfolio.register(${JSON.stringify(key)},${JSON.stringify(payloads.get(key))});\n`;
  }

  const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const NO_NUMBERS = [-Infinity, Infinity, NaN];

  /** A column: [base64, low, high] of 24-bit steps of that range, or base64 of little-endian float32. As pages/encoding.py. */
  function decode(column) {
    if (typeof column === "string") return new Float32Array(bytesOf(column).buffer);
    const [text, low, high] = column, bytes = bytesOf(text), steps = 2 ** 24 - 8;
    return Float64Array.from({ length: bytes.length / 3 }, (_, i) => {
      const code = bytes[3 * i] + bytes[3 * i + 1] * 256 + bytes[3 * i + 2] * 65536;
      return code > steps ? NO_NUMBERS[code - (2 ** 24 - 3)] : low + code * ((high - low) / steps);
    });
  }

  /** An axis: [first, distance, n] where it is even, else base64 of little-endian float64 → Float64Array. */
  function decodeAxis(axis) {
    if (typeof axis !== "string") return Float64Array.from({ length: axis[2] }, (_, i) => axis[0] + axis[1] * i);
    return new Float64Array(bytesOf(axis).buffer);
  }

  /** One metric of a series payload, decoded; null where it is not logged. `same` names the metric whose steps it shares, `kept` says which of them it has. */
  function series(metrics, name) {
    if (!metrics || !has(metrics, name)) return null;
    const own = metrics[name];
    const shared = own.same !== undefined && has(metrics, own.same) ? metrics[own.same] : own;
    const result = { step: decodeAxis(shared.step), time: shared.time ? decode(shared.time) : null };
    for (const key of ["value", "low", "high", "n"]) result[key] = own[key] ? decode(own[key]) : null;
    if (own.kept) {
      const bits = bytesOf(own.kept), isKept = (_, i) => bits[i >> 3] & (128 >> (i & 7));
      result.step = result.step.filter(isKept);
      result.time = result.time && result.time.filter(isKept);
    }
    return result;
  }

  runfolio.registry = { script, sourceText, load, decode, series, has, root };
})(window.runfolio);
