// Whether a run is what a filter asks for; the rules of analysis/where.py and where_match.py. Parsed, never eval-ed.
(function (runfolio) {
  "use strict";

  const { parse: parseTree, splitPrefix, WhereError, FIELDS } = runfolio.whereParser;

  const ORDER = {
    "==": (a, b) => a === b, "!=": (a, b) => a !== b, "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b,
  };

  /** A date as ISO text; compared with as many characters as the other side has. */
  class Moment { constructor(text) { this.text = text; } }

  // ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Share of letters in common blocks, as difflib counts it: 2 M / T. */
  function likeness(a, b) {
    let best = 0, atA = 0, atB = 0;
    for (let i = 0; i < a.length; i += 1) {
      for (let j = 0; j < b.length; j += 1) {
        let n = 0;
        while (i + n < a.length && j + n < b.length && a[i + n] === b[j + n]) n += 1;
        if (n > best) { best = n; atA = i; atB = j; }
      }
    }
    if (!best) return 0;
    return best + likeness(a.slice(0, atA), b.slice(0, atB)) + likeness(a.slice(atA + best), b.slice(atB + best));
  }

  function nearest(name, names) {
    const sorted = [...names].sort(), lower = name.toLowerCase();
    const lastPart = (each) => each.toLowerCase().replace(/\//g, ".").split(".").pop();
    let found = sorted.find((each) => each.toLowerCase() === lower) || sorted.find((each) => lastPart(each) === lower);
    if (!found) {
      let best = 0.6;
      for (const each of sorted.filter((other) => other.length < 200)) {
        const ratio = 2 * likeness(name, each) / (name.length + each.length);
        if (ratio > best || (ratio === best && !found)) { best = ratio; found = each; }
      }
    }
    return found ? `; nearest: \`${found}\`` : "";
  }

  /** What a written name means. Without `known` (sets of parameters and metrics) it is looked up in each run. */
  function resolve(kind, name, position, known) {
    const written = name, has = (set) => known && known[set].has(name);
    const fail = (message, hint) => { throw new WhereError(position, message, hint); };
    if (kind === "any" && !has("parameters") && !has("metrics")) [kind, name] = splitPrefix(name);
    if (kind === "field" && !FIELDS.includes(name)) fail(`a run has no \`${name}\`${nearest(name, FIELDS)}`);
    if (!known) return { kind: "name", of: kind, name };
    const found = [];
    if (kind !== "metric" && kind !== "field" && known.parameters.has(name)) found.push("parameter");
    if (kind !== "parameter" && kind !== "field" && known.metrics.has(name)) found.push("metric");
    if ((kind === "any" || kind === "field") && FIELDS.includes(name)) found.push("field");
    if (!found.length) {
      const candidates = kind === "parameter" ? known.parameters : kind === "metric" ? known.metrics : new Set([...known.parameters, ...known.metrics, ...FIELDS]);
      const what = kind === "any" || kind === "field" ? "parameter, metric or field" : kind;
      fail(`no run has a ${what} \`${name}\`${nearest(name, candidates)}`, kind === "any" ? `If it is a text, quote it: "${written}".` : "");
    }
    if (found.length > 1) {
      const ways = { parameter: `params["${name}"]`, metric: `metrics["${name}"]`, field: `run.${name}` };
      fail(`\`${name}\` means more than one thing; write ${found.map((each) => ways[each]).join(" or ")}`);
    }
    return { kind: "name", of: found[0], name };
  }

  // ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────

  function fieldOf(run, name) {
    if (name === "started") return run.started ? new Moment(run.started) : null;
    const value = run[name === "id" ? "run_id" : name];
    return value === undefined ? null : value;
  }

  /** `run`: {run_id, name, experiment, status, group, started, duration, tags, parameters: Map, metrics: Map}. */
  function valueOf(node, run) {
    if (node.kind === "constant") return node.value;
    if (node.kind === "choice") return null;
    const { of: kind, name } = node;
    if ((kind === "any" || kind === "parameter") && run.parameters.has(name)) return run.parameters.get(name);
    if ((kind === "any" || kind === "metric") && run.metrics.has(name)) return run.metrics.get(name);
    return (kind === "any" || kind === "field") && FIELDS.includes(name) ? fieldOf(run, name) : null;
  }

  function dateText(value) {
    if (value instanceof Moment) return value.text;
    if (typeof value === "string") return value.replace(/ /g, "T");
    return typeof value === "number" && Number.isInteger(value) ? String(value) : null;
  }

  /** Both sides at the length of the one that was written: `started <= "2026-11-21"` is that whole day. */
  function dates(a, b) {
    const left = dateText(a), right = dateText(b);
    if (left === null || right === null) return [a, b];
    if (a instanceof Moment && b instanceof Moment) return [left, right];
    const length = a instanceof Moment ? right.length : left.length;
    return [left.slice(0, length), right.slice(0, length)];
  }

  function pairHolds(left, sign, right) {
    const [a, b] = left instanceof Moment || right instanceof Moment ? dates(left, right) : [left, right];
    if (typeof a === "boolean" || typeof b === "boolean") return sign === "==" ? a === b : sign === "!=" && a !== b;
    return typeof a === typeof b && (typeof a === "number" || typeof a === "string") ? ORDER[sign](a, b) : sign === "!=";
  }

  const isNone = (node) => node.kind === "constant" && node.value === null;

  function contains(left, right, run, isWanted) {
    if (right.kind === "choice") {
      if (right.items.some((item) => compares(left, "==", item, run))) return isWanted;
      return !isWanted && !(valueOf(left, run) === null && !right.items.some(isNone));
    }
    const part = valueOf(left, run), whole = valueOf(right, run);
    if (part === null || whole === null) return false;
    const text = (value) => (value instanceof Moment ? value.text : value);
    const isIn = typeof text(part) === "string" && (typeof text(whole) === "string" || Array.isArray(whole)) && text(whole).includes(text(part));
    return isIn === isWanted;
  }

  function compares(left, sign, right, run) {
    if (sign === "in" || sign === "not in") return contains(left, right, run, sign === "in");
    const a = valueOf(left, run), b = valueOf(right, run);
    if (isNone(left) || isNone(right)) {
      const other = isNone(left) ? b : a;
      return (sign === "==" && other === null) || (sign === "!=" && other !== null);
    }
    return a !== null && b !== null && pairHolds(a, sign, b);
  }

  function finds({ text, number }, run) {
    const wanted = text.toLowerCase(), has = (value) => typeof value === "string" && value.toLowerCase().includes(wanted);
    for (const value of run.parameters.values()) if (has(value) || (number !== null && value === number)) return true;
    return has(run.run_id) || has(run.name) || run.tags.some(has);
  }

  function holds(node, run) {
    if (node.kind === "all") return node.parts.every((part) => holds(part, run));
    if (node.kind === "any") return node.parts.some((part) => holds(part, run));
    if (node.kind === "not") return !holds(node.part, run);
    if (node.kind === "search") return finds(node, run);
    let left = node.first;
    return node.rest.every(([sign, right]) => {
      const isTrue = compares(left, sign, right, run);
      left = right;
      return isTrue;
    });
  }

  /** The filter {tree, metrics, matches(run)}; WhereError (position, hint) where it cannot be read. */
  function parse(text, known) {
    const names = [];
    const tree = parseTree(text, (kind, name, position) => {
      const node = resolve(kind, name, position, known);
      names.push(node);
      return node;
    });
    return { text, tree, metrics: names.filter((node) => node.of === "metric").map((node) => node.name), matches: (run) => holds(tree, run) };
  }

  runfolio.where = { parse, WhereError };
})(window.runfolio);
