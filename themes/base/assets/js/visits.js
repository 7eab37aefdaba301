// "Since your last visit": the overview remembers on this machine how many runs it had; nothing leaves it.
(function (runfolio) {
  "use strict";

  const count = (n) => `${n} new ${n === 1 ? "run" : "runs"}`;

  /** What tells two builds apart. */
  const stamp = (visit) => visit.build || JSON.stringify([visit.runs, visit.experiments]);

  /** One sentence on what came since `before`, or "" where nothing is known or new. */
  function sentence(before, now) {
    if (!before || stamp(before) === stamp(now)) return "";
    const parts = Object.entries(now.experiments).map(([slug, n]) => [slug, n - (before.experiments[slug] || 0)]).filter(([, n]) => n > 0);
    const all = parts.reduce((sum, [, n]) => sum + n, 0);
    if (!all) return before.runs > now.runs ? `Since your last visit: ${before.runs - now.runs} fewer runs.` : "Since your last visit: no new runs, but a new build.";
    const where = parts.length > 1 ? ` (${parts.slice(0, 4).map(([slug, n]) => `${n} in ${slug}`).join(", ")}${parts.length > 4 ? ", …" : ""})` : parts.length ? ` in ${parts[0][0]}` : "";
    return `Since your last visit: ${count(all)}${where}.`;
  }

  /** What to remember: the build seen now, and the one before it, so that a reload says the same again. */
  function remember(stored, now) {
    if (!stored) return { now, before: null };
    return stamp(stored.now) === stamp(now) ? stored : { now, before: stored.now };
  }

  function wire() {
    const place = document.querySelector("[data-since-visit]"), block = document.querySelector("script[data-visit]");
    if (!place || !block) return;
    const { storage } = runfolio.elements;
    const now = JSON.parse(block.textContent), key = `runfolio-visit:${now.site}`;
    let stored = null;
    try { stored = JSON.parse(storage.get(key)); } catch { /* written by something else: start anew */ }
    const state = remember(stored && stored.now && stored.now.experiments ? stored : null, now);
    const text = sentence(state.before, now);
    place.textContent = text;
    place.hidden = !text;
    storage.set(key, JSON.stringify(state));
  }

  runfolio.visits = { sentence, remember, wire };
})(window.runfolio);
