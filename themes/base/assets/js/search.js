// Jump to a run, setting, metric or page: an overlay over every page, searched in this browser.
(function (runfolio) {
  "use strict";

  const MOST = 20;

  /** How well an entry fits: 0 for not at all. Title before text, start before inside, short before long. */
  function score(entry, words) {
    const title = entry.title.toLowerCase(), text = (entry.text || "").toLowerCase();
    let sum = 0;
    for (const word of words) {
      const at = title.indexOf(word);
      if (title === word) sum += 100;
      else if (at === 0) sum += 60;
      else if (at > 0 && /[^a-z0-9]/.test(title[at - 1])) sum += 40;
      else if (at > 0) sum += 20;
      else if (text.includes(word)) sum += 5;
      else return 0;
    }
    return sum + 10 / (1 + title.length);
  }

  /** At most 20 entries, the best first; equal ones stay in the order of the index. */
  function rank(entries, query) {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    return entries.map((entry, i) => ({ entry, i, score: score(entry, words) })).filter((each) => each.score > 0)
      .sort((a, b) => b.score - a.score || a.i - b.i).slice(0, MOST).map((each) => each.entry);
  }

  let dialog = null, entries = [];

  function build() {
    const { el } = runfolio.elements;
    const input = el("input", { type: "search", "aria-label": "Search runs, settings, metrics and pages", autocomplete: "off" });
    const list = el("ul", { class: "search-results" });
    const count = el("p", { class: "search-count", role: "status" });
    const links = () => [...list.querySelectorAll("a")];
    const show = () => {
      const found = rank(entries, input.value);
      list.replaceChildren(...found.map((entry) => el("li", null, el("a", { href: runfolio.registry.root() + entry.href },
        el("span", { class: "search-kind" }, entry.kind), " ", el("span", { class: "search-title" }, runfolio.elements.middle(entry.title, 80)), " ", el("span", { class: "search-text" }, runfolio.elements.middle(entry.text || "", 120))))));
      count.textContent = input.value.trim() ? (found.length ? `${found.length === MOST ? "First " : ""}${found.length} results` : `Nothing matches ${input.value.trim()}.`) : "";
    };
    input.addEventListener("input", show);
    dialog = runfolio.elements.dialog("Search", { "data-search": true }, input, count, list);
    dialog.addEventListener("keydown", (event) => {
      const all = links(), at = all.indexOf(document.activeElement);
      if (event.key === "Enter" && document.activeElement === input && all.length) all[0].click();
      else if (event.key === "ArrowDown" && all.length) all[Math.min(at + 1, all.length - 1)].focus();
      else if (event.key === "ArrowUp" && at >= 0) (all[at - 1] || input).focus();
      else return;
      event.preventDefault();
    });
    dialog.addEventListener("click", (event) => { if (event.target.closest("a")) dialog.close(); });
    return { input, count };
  }

  function open() {
    const parts = dialog ? { input: dialog.querySelector("input"), count: dialog.querySelector(".search-count") } : build();
    if (!dialog.open) dialog.showModal();
    parts.input.focus();
    parts.input.select();
    runfolio.registry.load("search", document.documentElement.dataset.searchSource || "data/search.js")
      .then((found) => { entries = found; parts.input.dispatchEvent(new Event("input")); })
      .catch((error) => { parts.count.textContent = `${error.message} Search needs it.`; });
  }

  function wire() { for (const button of document.querySelectorAll("[data-search-open]")) button.addEventListener("click", open); }

  runfolio.search = { rank, open, wire };
})(window.runfolio);
