// Present mode: each section of a finding is a slide. Arrows, Page keys and Space turn them, Escape ends.
(function (runfolio) {
  "use strict";

  let at = -1, bar = null, before = null;

  const slides = () => [...document.querySelectorAll("[data-slide]")];

  /** The slide a key leads to from slide `here` of `count`; -1 ends, undefined means nothing. */
  function turned(key, here, count, isBack) {
    const last = count - 1;
    if (key === "Escape" || key === "p") return -1;
    if (["ArrowRight", "ArrowDown", "PageDown", "Enter"].includes(key) || (key === " " && !isBack)) return Math.min(here + 1, last);
    if (["ArrowLeft", "ArrowUp", "PageUp", "Backspace"].includes(key) || key === " ") return Math.max(here - 1, 0);
    if (key === "Home") return 0;
    return key === "End" ? last : undefined;
  }

  function go(to) {
    const all = slides();
    at = to;
    const isOn = at >= 0;
    document.body.classList.toggle("is-presenting", isOn);
    document.body.classList.toggle("is-first", at === 0);
    all.forEach((slide, i) => slide.classList.toggle("is-shown", i === at));
    if (isOn) bar.querySelector("[role=status]").textContent = `${at + 1} of ${all.length}`;
    scrollTo(0, 0);
    if (!isOn && before) before.focus();
  }

  function start() {
    if (at >= 0 || !slides().length) return;
    const { el, button } = runfolio.elements;
    before = document.activeElement;
    if (!bar) {
      bar = el("div", { class: "present-bar" }, el("span", { role: "status" }),
        button("Back", () => go(Math.max(at - 1, 0))), button("Next", () => go(Math.min(at + 1, slides().length - 1))), button("End", () => go(-1)));
      document.body.append(bar);
    }
    go(0);
  }

  function onKey(event) {
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    // What a key does inside a control, a live chart or an open box is the control's own.
    const isOwn = event.target.closest("input, select, textarea, summary, svg, iframe, [popover]") || (event.target.closest("button, a") && [" ", "Enter"].includes(event.key));
    if (isOwn && event.key !== "Escape") return;
    if (event.key === "Escape" && document.querySelector("[popover]:popover-open, dialog[open]")) return;
    const to = turned(event.key, at, slides().length, event.shiftKey);
    if (to === undefined) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    go(to);
  }

  function wire() {
    document.addEventListener("keydown", onKey, true);
    for (const button of document.querySelectorAll("[data-present]")) button.addEventListener("click", start);
  }

  runfolio.present = { turned, start, wire };
})(window.runfolio);
