// A finding: a live number shows where it comes from as soon as it is pointed at, and what it speaks of lights up.
(function (runfolio) {
  "use strict";

  let pinned = null, left = null;
  const provenanceOf = (button) => document.getElementById(button.getAttribute("popovertarget"));
  const isOpen = (box) => box.matches(":popover-open");

  /** Classes of the lines among `traces` that show one of the groups: each has a colour of its own. */
  function rolesOf(traces, groups) {
    return traces.filter((trace) => groups.some((group) => (trace.source || "").endsWith(`#${group}`)) && trace.role !== "muted").map((trace) => `c-${trace.role}`);
  }

  function lit(button, isLit) {
    const runs = (button.dataset.runs || "").split(" ").filter(Boolean), groups = (button.dataset.groups || "").split(" ").filter(Boolean);
    for (const row of document.querySelectorAll("tr[data-run], tr[data-group]")) {
      if (runs.includes(row.dataset.run) || groups.includes(row.dataset.group)) row.classList.toggle("is-lit", isLit);
    }
    for (const figure of document.querySelectorAll("figure[data-chart]")) {
      const data = figure.querySelector("[data-figure]");
      for (const role of rolesOf(data ? JSON.parse(data.textContent).traces : [], groups)) {
        for (const line of figure.querySelectorAll(`svg[data-plot] path.line.${role}`)) line.classList.toggle("is-lit", isLit);
      }
    }
  }

  /** The links of a box that the focus alone opened wait for a press: Tab goes on to the next number. */
  function reachable(box, isReachable) {
    for (const link of box.querySelectorAll("a")) if (isReachable) link.removeAttribute("tabindex"); else link.tabIndex = -1;
  }

  function show(button) {
    lit(button, true);
    const box = provenanceOf(button);
    if (box && box !== pinned) reachable(box, document.activeElement !== button);
    if (box && box.showPopover && !isOpen(box) && !pinned) box.showPopover({ source: button });
  }

  function hide(button) {
    lit(button, false);
    const box = provenanceOf(button);
    if (box && box.hidePopover && isOpen(box) && pinned !== box) box.hidePopover();
  }

  function wire() {
    const finding = document.querySelector("[data-finding]");
    if (!finding) return;
    finding.addEventListener("pointerover", (event) => {
      const live = event.target.closest(".live"), from = event.relatedTarget && event.relatedTarget.closest && event.relatedTarget.closest(".live");
      if (live && live !== from && event.pointerType === "mouse") show(live.querySelector("button"));
    });
    finding.addEventListener("pointerout", (event) => {
      const live = event.target.closest(".live"), to = event.relatedTarget && event.relatedTarget.closest && event.relatedTarget.closest(".live");
      if (live && live !== to && event.pointerType === "mouse") hide(live.querySelector("button"));
    });
    finding.addEventListener("focusin", (event) => {
      // The focus that comes back from a number's own box, as Escape closes it, must not open it again.
      const isBack = left && left === event.target.closest(".live");
      left = event.target.closest(".provenance") ? event.target.closest(".live") : null;
      if (!isBack && event.target.matches("button.live-value:focus-visible")) show(event.target);
    });
    finding.addEventListener("focusout", (event) => {
      const live = event.target.closest(".live");
      if (live && !live.contains(event.relatedTarget)) hide(live.querySelector("button"));
    });
    // A press keeps the box open until the next one, or Escape.
    finding.addEventListener("click", (event) => {
      const button = event.target.closest("button.live-value");
      const box = button && provenanceOf(button);
      if (!box || !box.showPopover) return;
      event.preventDefault();
      if (pinned && pinned !== box) pinned.hidePopover();
      pinned = pinned === box ? null : box;
      reachable(box, true);
      if (pinned && !isOpen(box)) box.showPopover({ source: button });
      if (!pinned && isOpen(box)) box.hidePopover();
    });
    for (const box of finding.querySelectorAll(".provenance")) box.addEventListener("toggle", (event) => { if (event.newState === "closed" && pinned === box) pinned = null; });
    // This script came because of a number: it is still under the pointer, or has the focus.
    const first = finding.querySelector(".live:hover button.live-value, button.live-value:focus-visible");
    if (first) show(first);
  }

  runfolio.finding = { wire, rolesOf };
})(window.runfolio);
