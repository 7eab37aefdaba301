// Parallel coordinates: dragging along an axis writes its limits into the filter of the table; lines follow the table's rows.
(function (runfolio) {
  "use strict";

  const SMALLEST_DRAG = 4;

  /** The value at a share (0 bottom, 1 top) of an axis {low, high, scale}, three digits. */
  function valueAt({ low, high, scale }, share) {
    const value = scale === "log" ? low * (high / low) ** share : low + (high - low) * share;
    return Number(value.toPrecision(3));
  }

  /** What the filter says of the stretch between two shares of an axis {name, low, high, scale, words}; empty for a stretch without a word. */
  function term(axis, one, other) {
    const [from, to] = one < other ? [one, other] : [other, one];
    if (axis.words.length) {
      const inside = axis.words.filter((_, i) => { const at = (i - axis.low) / (axis.high - axis.low); return at >= from && at <= to; });
      return inside.length ? `${axis.name} in (${inside.join(", ")})` : "";
    }
    const ends = [valueAt(axis, from), valueAt(axis, to)].sort((a, b) => a - b);
    return `${axis.name} >= ${ends[0]} and ${axis.name} <= ${ends[1]}`;
  }

  function read(group) {
    const { axis, low, high, scale, words } = group.dataset;
    const grip = group.querySelector(".parallel-grip");
    const [x, top, width, height] = ["x", "y", "width", "height"].map((name) => Number(grip.getAttribute(name)));
    return { group, grip, name: axis, low: Number(low), high: Number(high), scale, words: JSON.parse(words), x, top, width, height };
  }

  /** The share of the axis under the pointer. */
  function shareAt(axis, event) {
    const box = axis.grip.getBoundingClientRect();
    return Math.min(1, Math.max(0, 1 - (event.clientY - box.top) / box.height));
  }

  function wireChart(frame, section) {
    const picture = frame.querySelector("svg"), input = section.querySelector("[data-filter]");
    const view = section.querySelector("table[data-sortable]").view;
    const axes = [...picture.querySelectorAll("[data-axis]")].map(read);
    const brushes = new Map();
    let written = "";
    picture.classList.add("is-live");

    function drop(axis) {
      const mark = axis.group.querySelector(".parallel-brush");
      if (mark) mark.remove();
      brushes.delete(axis);
    }

    function draw(axis, one, other) {
      drop(axis);
      brushes.set(axis, term(axis, one, other));
      const from = Math.max(one, other), y = axis.top + (1 - from) * axis.height;
      axis.group.append(runfolio.elements.svg("rect", { class: "parallel-brush", x: axis.x, y, width: axis.width, height: Math.max(1, Math.abs(one - other) * axis.height) }));
    }

    function write() {
      written = [...brushes.values()].filter(Boolean).join(" and ");
      input.value = written;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }

    for (const axis of axes) {
      axis.grip.addEventListener("pointerdown", (down) => {
        const start = shareAt(axis, down);
        axis.grip.setPointerCapture(down.pointerId);
        const move = (event) => { if (Math.abs(event.clientY - down.clientY) >= SMALLEST_DRAG) draw(axis, start, shareAt(axis, event)); };
        const end = (event) => {
          axis.grip.removeEventListener("pointermove", move);
          // A press without a drag takes the limits away again.
          if (Math.abs(event.clientY - down.clientY) < SMALLEST_DRAG) drop(axis);
          write();
        };
        axis.grip.addEventListener("pointermove", move);
        axis.grip.addEventListener("pointerup", end, { once: true });
      });
    }
    // A filter that the reader typed is not what the marks on the axes say.
    input.addEventListener("input", () => { if (input.value !== written) for (const axis of axes) drop(axis); });

    async function follow() {
      const paths = picture.querySelectorAll("[data-key]");
      if (!view.matches) { for (const path of paths) path.classList.remove("is-out"); return; }
      const { order, source: { keys } } = view, runs = await view.load();
      const shown = new Set(order.map((i) => runs.payload.groups[runs.index.get(keys[i])]));
      for (const path of paths) path.classList.toggle("is-out", !shown.has(path.dataset.key));
    }
    view.listeners.push(() => { follow().catch(() => {}); });
    follow().catch(() => {});
  }

  function wire() {
    const section = document.querySelector("[data-runs]");
    for (const frame of document.querySelectorAll("[data-parallel]")) {
      if (frame.isWired || !section) continue;
      frame.isWired = true;
      wireChart(frame, section);
    }
  }

  runfolio.parallel = { valueAt, term, wire };
})(window.runfolio);
