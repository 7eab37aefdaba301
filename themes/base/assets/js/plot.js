// Draws axes, bands, lines and end labels into an SVG from traces in shown units: for redrawn charts and Compare.
// A trace: {name, label, role, thin, cut, x, y, low, high, n}, where `label` is the name at its end if that is another; an axis: {label, unit, low, high, scale}.
(function (runfolio) {
  "use strict";

  const LABEL_GAP = 15;
  const { smooth, ticks } = runfolio.series;

  /** value → pixel between `from` and `to`; NaN where a log axis has no place for it. */
  function scale(axis, from, to) {
    const turn = axis.scale === "log" ? Math.log : Number;
    const low = turn(axis.low), span = turn(axis.high) - low || 1;
    return (value) => from + (turn(value) - low) / span * (to - from);
  }

  /** pixel → value. */
  function unscale(axis, from, to) {
    const isLog = axis.scale === "log";
    const low = isLog ? Math.log(axis.low) : axis.low, high = isLog ? Math.log(axis.high) : axis.high;
    return (pixel) => {
      const value = low + (pixel - from) / (to - from) * (high - low);
      return isLog ? Math.exp(value) : value;
    };
  }

  const box = ({ width, height, margin: [top, right, bottom, left] }) => ({ left, top, right: width - right, bottom: height - bottom });

  /** The scales of a chart at the place given by width, height and margin. */
  function frame(chart) {
    const place = box(chart);
    return {
      ...place,
      x: scale(chart.x, place.left, place.right),
      y: scale(chart.y, place.bottom, place.top),
      toX: unscale(chart.x, place.left, place.right),
    };
  }

  const px = (value) => Math.round(Math.max(-9999, Math.min(9999, value)) * 10) / 10;

  /** Path data; the line breaks where a point has no place. */
  function path(xs, ys, x, y) {
    let text = "", isOpen = false;
    for (let i = 0; i < ys.length; i += 1) {
      const left = x(xs[i]), top = y(ys[i]);
      if (!Number.isFinite(left) || !Number.isFinite(top)) { isOpen = false; continue; }
      text += `${isOpen ? "L" : "M"}${px(left)} ${px(top)}`;
      isOpen = true;
    }
    return text;
  }

  /** One closed area for each stretch where both ends are finite. */
  function area(xs, low, high, x, y) {
    let text = "";
    for (let i = 0; i < xs.length; i += 1) {
      let end = i;
      while (end < xs.length && Number.isFinite(x(xs[end])) && Number.isFinite(y(low[end])) && Number.isFinite(y(high[end]))) end += 1;
      if (end - i > 1) {
        const upper = path(xs.slice(i, end), high.slice(i, end), x, y);
        const lower = path(xs.slice(i, end).reverse(), low.slice(i, end).reverse(), x, y);
        text += `${upper}L${lower.slice(1)}Z`;
      }
      i = Math.max(i, end);
    }
    return text;
  }

  /** Places for labels, as near to `wanted` as a gap of 15 px and the frame allow; same order as given. */
  function spread(wanted, low, high) {
    const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
    const places = new Array(wanted.length);
    let edge = low - LABEL_GAP;
    for (const i of order) places[i] = edge = Math.max(wanted[i], edge + LABEL_GAP);
    edge = high + LABEL_GAP;
    for (const i of order.reverse()) places[i] = edge = Math.min(places[i], edge - LABEL_GAP);
    return places;
  }

  /** As render/engines/svg_axes.py. */
  function drawAxes(group, chart, at) {
    const { svg } = runfolio.elements, { format } = runfolio;
    const xs = ticks(chart.x.low, chart.x.high, chart.x.scale), ys = ticks(chart.y.low, chart.y.high, chart.y.scale);
    const heights = ys.map((tick) => px(at.y(tick)));
    const texts = (values, make) => format.ticks(values).map((text, i) => svg("text", make(i), text));
    group.append(
      svg("path", { class: "grid", d: heights.map((height) => `M${at.left} ${height}H${at.right}`).join("") }),
      svg("path", { class: "axis", d: `M${at.left} ${at.bottom}H${at.right}` }),
      svg("g", { class: "tick", "text-anchor": "end" }, ...texts(ys, (i) => ({ x: at.left - 8, y: heights[i], dy: ".35em" }))),
      svg("g", { class: "tick", "text-anchor": "middle" }, ...texts(xs, (i) => ({ x: px(at.x(xs[i])), y: at.bottom, dy: "1.35em" }))),
      svg("text", { class: "axis-label", x: at.right, y: at.bottom, dy: "2.6em", "text-anchor": "end" }, chart.x.unit ? `${chart.x.label}, ${chart.x.unit}` : chart.x.label));
  }

  function drawLabels(group, chart, traces, at) {
    const { svg } = runfolio.elements, { format } = runfolio;
    const ends = traces.filter((trace) => !trace.thin && trace.role !== "muted").map((trace) => {
      const value = Array.from(trace.y).reverse().find(Number.isFinite);
      return { trace, value, top: at.y(value) };
    }).filter((end) => Number.isFinite(end.top));
    const places = spread(ends.map((end) => Math.max(at.top, Math.min(at.bottom, end.top))), at.top, at.bottom);
    const most = Math.max(8, Math.floor((chart.width - at.right - 17) / 6.6));
    const marks = ends.flatMap(({ trace, value }, i) => {
      const shown = format.inRange(value, chart.y);
      return [svg("circle", { class: `end-dot c-${trace.role}`, cx: at.right + 9, cy: px(places[i]), r: 3.5 }),
        svg("text", { class: "end-label", x: at.right + 17, y: px(places[i]), dy: ".35em" }, `${runfolio.elements.middle(trace.label || trace.name, Math.max(4, most - shown.length - 1))} ${shown}`, svg("title", null, trace.name))];
    });
    group.append(svg("g", { class: "ends" }, ...marks));
  }

  /** Fills `group` (emptied first) with the whole chart; `smoothing` in [0, 1) leaves the raw line faintly behind. */
  function draw(group, chart, traces, smoothing) {
    const { svg } = runfolio.elements;
    const at = frame(chart), clip = `clip-${chart.id}`;
    group.replaceChildren(svg("clipPath", { id: clip }, svg("rect", { x: at.left, y: at.top, width: at.right - at.left, height: at.bottom - at.top })));
    drawAxes(group, chart, at);
    const line = (trace, ys, kind) => svg("path", { class: `line ${kind} c-${trace.role}`, d: path(trace.x, ys, at.x, at.y) });
    const marks = svg("g", { "clip-path": `url(#${clip})` });
    for (const trace of traces) {
      if (trace.low && trace.high) marks.append(svg("path", { class: `band c-${trace.role}`, d: area(trace.x, trace.low, trace.high, at.x, at.y) }));
    }
    for (const trace of traces) {
      if (smoothing > 0) marks.append(line(trace, trace.y, "raw"));
      marks.append(line(trace, smoothing > 0 ? smooth(trace.x, trace.y, smoothing) : trace.y, trace.thin ? "thin" : ""));
    }
    group.append(marks);
    drawLabels(group, chart, traces, at);
  }

  runfolio.plot = { scale, frame, path, area, spread, draw };
})(window.runfolio);
