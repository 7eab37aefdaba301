// The filter language of docs/where.md: text → tree. The same grammar as analysis/where_parser.py, held by tests/where_cases.json.
(function (runfolio) {
  "use strict";

  const FIELDS = ["run_id", "id", "name", "experiment", "status", "group", "started", "duration", "tags"];
  const PREFIXES = new Map([["params", "parameter"], ["parameters", "parameter"], ["metrics", "metric"], ["run", "field"]]);
  const CONSTANTS = new Map([["true", true], ["false", false], ["none", null]]);
  const MISSPELT = new Map([["=", "=="], ["!", "not"], ["&", "and"], ["&&", "and"], ["|", "or"], ["||", "or"]]);
  const SIGNS = ["==", "!=", "<=", ">=", "<", ">", "(", ")", "[", "]", ","];
  const WORD = /[^ \t\r\n\u00a0"'`()[\],=<>!]+/y;
  const NUMBER = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/;
  const ESCAPES = { n: "\n", t: "\t", "\\": "\\", '"': '"', "'": "'" };
  const DEEPEST = 50;

  class WhereError extends Error {
    constructor(position, message, hint) {
      super(`the filter cannot be read at character ${position}: ${message}`);
      Object.assign(this, { position, hint: hint || "" });
    }
  }

  /** The words of a filter, closed by one of kind `end`; positions are 1-based. */
  function wordsOf(text) {
    const place = (at) => Array.from(text.slice(0, at)).length + 1;
    const fail = (at, message, hint) => { throw new WhereError(place(at), message, hint); };
    const words = [];
    let at = 0;
    const push = (kind, word, source) => {
      words.push({ kind, text: word, source, start: at, position: place(at) });
      at += source.length;
    };

    function quoted() {
      const quote = text[at];
      let end = at + 1, word = "";
      while (end < text.length && text[end] !== quote) {
        if (text[end] !== "\\") { word += text[end]; end += 1; continue; }
        const code = /^u([0-9a-fA-F]{4})/.exec(text.slice(end + 1));
        const simple = ESCAPES[text[end + 1]];
        if (simple === undefined && !code) fail(end, `\`\\${text[end + 1] || ""}\` is not an escape`, "Known are \\\\ \\\" \\' \\n \\t and \\uXXXX.");
        word += simple === undefined ? String.fromCharCode(parseInt(code[1], 16)) : simple;
        end += simple === undefined ? 6 : 2;
      }
      if (end >= text.length) fail(at, "the quote is never closed");
      push("text", word, text.slice(at, end + 1));
    }

    while (at < text.length) {
      if (" \t\r\n\u00a0".includes(text[at])) { at += 1; continue; }
      if (text[at] === '"' || text[at] === "'") { quoted(); continue; }
      if (text[at] === "`") {
        const end = text.indexOf("`", at + 1);
        if (end < 0) fail(at, "the backtick is never closed");
        push("quoted name", text.slice(at + 1, end), text.slice(at, end + 1));
        continue;
      }
      const sign = SIGNS.find((each) => text.startsWith(each, at));
      if (sign) { push("sign", sign, sign); continue; }
      WORD.lastIndex = at;
      const found = WORD.exec(text), word = found ? found[0] : text[at];
      if (MISSPELT.has(word)) fail(at, `\`${word}\` is not an operator; write \`${MISSPELT.get(word)}\``);
      push(NUMBER.test(word) ? "number" : "word", word, word);
    }
    words.push({ kind: "end", text: "", source: "", start: text.length, position: place(text.length) });
    return words;
  }

  /** `params.lr` → [`parameter`, `lr`]; a name without a known prefix is of kind `any`. */
  function splitPrefix(name) {
    const dot = name.indexOf("."), prefix = name.slice(0, dot);
    return dot > 0 && dot < name.length - 1 && PREFIXES.has(prefix) ? [PREFIXES.get(prefix), name.slice(dot + 1)] : ["any", name];
  }

  const isKeyword = (word, ...keywords) => word.kind === "word" && keywords.includes(word.text.toLowerCase());
  const isSign = (word, ...signs) => word.kind === "sign" && signs.includes(word.text);

  /** True for what is searched for when it stands alone; `params.lr` and backticks always mean a name. */
  const mayBeText = (word) => (word.kind === "word" ? !isKeyword(word, "and", "or", "in", "not") && splitPrefix(word.text)[0] === "any" : word.kind === "text" || word.kind === "number");

  /** The tree of a filter; an empty text gives one that is always true. `resolve(kind, name, position)` gives a Name or throws. */
  function parse(text, resolve) {
    const words = wordsOf(text);
    let at = 0, depth = 0;
    const fail = (word, message, hint) => { throw new WhereError(word.position, message, hint); };
    const take = () => words[words[at].kind === "end" ? at : at++];
    const expect = (sign, after) => { if (!isSign(words[at], sign)) fail(after, `\`${after.source}\` is never closed by \`${sign}\``); take(); };
    const nested = (read) => { depth += 1; const inner = read(); depth -= 1; return inner; };
    const several = (kind, parts) => (parts.length === 1 ? parts[0] : { kind, parts });

    /** A part with the place it has in the text, for chips. */
    function placed(read) {
      const start = words[at].start, node = read(), last = words[at - 1];
      return { ...node, from: start, to: last.start + last.source.length };
    }

    function either() {
      const parts = [both()];
      while (isKeyword(words[at], "or")) { take(); parts.push(both()); }
      return several("any", parts);
    }

    function both() {
      const parts = [placed(one)];
      for (;;) {
        const word = words[at];
        if (isKeyword(word, "and")) take();
        else if (word.kind === "end" || isSign(word, ")") || isKeyword(word, "or")) break;
        parts.push(placed(one));
      }
      return several("all", parts);
    }

    function one() {
      const word = words[at];
      if (depth >= DEEPEST) fail(word, `more than ${DEEPEST} parentheses or \`not\` inside each other`);
      if (isKeyword(word, "not")) { take(); return { kind: "not", part: nested(one) }; }
      if (!isSign(word, "(")) return comparison();
      take();
      const inner = nested(either);
      expect(")", word);
      return inner;
    }

    /** The operator that begins at a word, or null. `not` is one only before `in`. */
    function operatorAt(index) {
      const word = words[Math.min(index, words.length - 1)];
      if (isSign(word, "==", "!=", "<", "<=", ">", ">=")) return word.text;
      if (isKeyword(word, "in")) return "in";
      return isKeyword(word, "not") && isKeyword(words[index + 1], "in") ? "not in" : null;
    }

    function comparison() {
      const start = words[at], startAt = at;
      const bracketsFollow = PREFIXES.has(start.text) && isSign(words[at + 1] || start, "[");
      if (mayBeText(start) && !bracketsFollow && !operatorAt(at + 1)) {
        take();
        return { kind: "search", text: start.text, number: start.kind === "number" ? Number(start.text) : null };
      }
      const first = operand(), rest = [];
      for (let operator = operatorAt(at); operator !== null; operator = operatorAt(at)) {
        at += operator.split(" ").length;
        rest.push([operator, operator.endsWith("in") ? choice() : operand()]);
      }
      if (!rest.length) {
        const written = words.slice(startAt, at).map((word) => word.source).join("");
        fail(start, `${written} stands alone; compare it, as in ${written} == 1`, "A text to search for goes in quotes.");
      }
      const isTags = (node) => node.kind === "name" && node.of === "field" && node.name === "tags";
      let left = first;
      for (const [operator, right] of rest) {
        if (isTags(left) || (isTags(right) && !operator.endsWith("in"))) fail(start, '`tags` is a list; ask for one of them, as in "baseline" in tags');
        left = right;
      }
      return { kind: "comparison", first, rest };
    }

    function operand() {
      const word = take();
      if (word.kind === "number") return { kind: "constant", value: Number(word.text) };
      if (word.kind === "text") return { kind: "constant", value: word.text };
      if (word.kind === "quoted name") return resolve("any", word.text, word.position);
      if (word.kind === "end") fail(word, "something is missing at the end");
      if (word.kind === "sign" || isKeyword(word, "and", "or", "in", "not")) fail(word, `a name or a value is missing before \`${word.source}\``);
      const lower = word.text.toLowerCase();
      if (CONSTANTS.has(lower)) return { kind: "constant", value: CONSTANTS.get(lower) };
      if (PREFIXES.has(word.text) && isSign(words[at], "[")) return bracketed(word);
      if (/^[0-9]/.test(word.text)) return { kind: "constant", value: word.text };
      return resolve("any", word.text, word.position);
    }

    function bracketed(prefix) {
      take();
      const name = take();
      if (name.kind !== "text") fail(name, `\`${prefix.text}[\` needs a name in quotes, as in ${prefix.text}["val/acc"]`);
      expect("]", prefix);
      return resolve(PREFIXES.get(prefix.text), name.text, prefix.position);
    }

    function choice() {
      const opening = words[at];
      if (!isSign(opening, "(", "[")) return operand();
      take();
      const items = [operand()];
      while (isSign(words[at], ",")) { take(); items.push(operand()); }
      expect(opening.text === "(" ? ")" : "]", opening);
      return { kind: "choice", items };
    }

    if (words.length === 1) return { kind: "all", parts: [] };
    const tree = either();
    if (words[at].kind !== "end") fail(words[at], `\`${words[at].source}\` is not expected here`);
    return tree;
  }

  runfolio.whereParser = { parse, splitPrefix, WhereError, FIELDS };
})(window.runfolio);
