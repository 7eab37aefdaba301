// The state a reader makes, in the fragment: #anchor?key=value&list=a,b. Unknown keys are kept.
(function (runfolio) {
  "use strict";

  const decode = (text) => { try { return decodeURIComponent(text); } catch { return text; } };
  const encode = (text) => encodeURIComponent(text).replace(/%(2F|3A|20)/g, (code) => ({ "%2F": "/", "%3A": ":", "%20": "+" }[code]));
  const unplus = (text) => decode(text.replace(/\+/g, "%20"));

  /** `#anchor?query` → {anchor, query: Map of key → list of values}. */
  function parse(text) {
    const body = text.replace(/^#/, "");
    const cut = body.indexOf("?");
    const query = new Map();
    for (const pair of cut < 0 ? [] : body.slice(cut + 1).split("&")) {
      if (!pair) continue;
      const equals = pair.indexOf("=");
      const key = unplus(equals < 0 ? pair : pair.slice(0, equals));
      query.set(key, equals < 0 || equals === pair.length - 1 ? [] : pair.slice(equals + 1).split(",").map(unplus));
    }
    return { anchor: decode(cut < 0 ? body : body.slice(0, cut)), query };
  }

  /** The inverse of parse; the grammar's version `v` comes first. */
  function format({ anchor, query }) {
    const pairs = [...query].filter(([key]) => key !== "v").map(([key, values]) => `${encode(key)}=${values.map(encode).join(",")}`);
    return `#${encodeURIComponent(anchor)}` + (pairs.length ? `?v=1&${pairs.join("&")}` : "");
  }

  const current = () => parse(location.hash);
  const get = (key) => (current().query.get(key) || []).join(",");
  const list = (key) => current().query.get(key) || [];

  function changed(changes, anchor) {
    const state = current();
    for (const [key, value] of Object.entries(changes)) {
      const values = value === null || value === "" ? [] : [].concat(value).map(String);
      if (values.length) state.query.set(key, values);
      else state.query.delete(key);
    }
    if (anchor !== undefined) state.anchor = anchor;
    return format(state);
  }

  /** Continuous changes (typing, dragging): no entry in the history. null or an empty value removes a key. */
  function replace(changes, anchor) {
    const text = changed(changes, anchor);
    if (text !== location.hash) history.replaceState(null, "", text);
  }

  /** Choices a reader may want to undo with Back. */
  function push(changes, anchor) {
    const text = changed(changes, anchor);
    if (text !== location.hash) location.hash = text;
  }

  /** Calls `listener` whenever the fragment changes by navigation. */
  function onChange(listener) { window.addEventListener("hashchange", listener); }

  runfolio.hash = { parse, format, get, list, replace, push, onChange };
})(window.runfolio);
