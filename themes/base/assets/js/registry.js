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

  /** Base64 of little-endian float32 → Float32Array. */
  function decode(text) {
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
    return new Float32Array(bytes.buffer);
  }

  /** One metric of a series payload, decoded; null where it is not logged. `same` names the metric whose steps it shares. */
  function series(metrics, name) {
    if (!metrics || !has(metrics, name)) return null;
    const own = metrics[name];
    const shared = own.same !== undefined && has(metrics, own.same) ? metrics[own.same] : own;
    const result = { step: decode(shared.step), time: shared.time ? decode(shared.time) : null };
    for (const key of ["value", "low", "high", "n"]) result[key] = own[key] ? decode(own[key]) : null;
    return result;
  }

  runfolio.registry = { script, sourceText, load, decode, series, has, root };
})(window.runfolio);
