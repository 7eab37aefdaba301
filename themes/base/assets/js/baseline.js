// "Set as baseline": every difference and verdict of the configurations table again, against the configuration chosen.
(function (runfolio) {
  "use strict";

  const { hash } = runfolio;

  function tell(text) {
    const note = document.querySelector("[data-baseline-note]");
    if (note) { note.textContent = text; note.hidden = !text; }
    if (text) runfolio.elements.say(text);
  }

  function fill(row, result, spec, decimals) {
    const { el } = runfolio.elements, { format } = runfolio;
    const difference = row.querySelector("td[data-cell=difference]"), verdict = row.querySelector("td[data-cell=verdict]");
    const show = (value) => format.signed(value * (spec.scale || 1), decimals);
    row.classList.toggle("is-baseline", result === null);
    if (result === null) {
      difference.replaceChildren(el("span", { class: "soft" }, "baseline"));
      delete difference.dataset.value;
      verdict.textContent = "";
      verdict.className = verdict.title = "";
      return;
    }
    const hasInterval = result.low !== null && !["not judged", "too few runs"].includes(result.verdict);
    difference.replaceChildren(Number.isFinite(result.absolute) ? show(result.absolute) : "–");
    if (hasInterval) difference.append(" ", el("span", { class: "half" }, `[${show(result.low)} to ${show(result.high)}]`));
    difference.dataset.value = result.absolute;
    verdict.textContent = runfolio.verdict.words(result);
    verdict.className = ["better", "worse"].includes(result.verdict) ? result.verdict : "";
    verdict.title = result.reason;
  }

  /** The table as the build wrote it, to come back to. */
  function keep(rows) {
    return rows.map((row) => ({ row, isBaseline: row.classList.contains("is-baseline"), cells: [...row.querySelectorAll("td[data-cell=difference], td[data-cell=verdict]")].map((cell) => ({ cell, copy: cell.cloneNode(true) })) }));
  }

  function restore(kept) {
    for (const { row, isBaseline, cells } of kept) {
      row.classList.toggle("is-baseline", isBaseline);
      for (const { cell, copy } of cells) {
        cell.replaceChildren(...copy.cloneNode(true).childNodes);
        cell.className = copy.className;
        cell.title = copy.title;
        if (copy.dataset.value === undefined) delete cell.dataset.value;
        else cell.dataset.value = copy.dataset.value;
      }
    }
  }

  async function recompute(section, table, rows, base) {
    const runs = await runfolio.runsTable.load(section);
    const metric = runs.payload.primary, spec = runs.spec(metric);
    const groups = [...new Set(runs.payload.groups)];
    if (!groups.includes(base)) return;
    const samples = new Map(groups.map((group) => [group, runfolio.compareItems.groupSample(runs, group, metric)]));
    const others = groups.filter((group) => group !== base);
    const results = runfolio.verdict.judge(samples.get(base), others.map((group) => samples.get(group)), spec, { isEqualSpread: runs.payload.equal_spread });
    const decimals = Number(table.dataset.decimals) || 0;
    for (const row of rows) {
      const at = others.indexOf(row.dataset.group);
      if (row.dataset.group === base || at >= 0) fill(row, at < 0 ? null : results[at], spec, decimals);
    }
    const name = (group) => runs.groups[group] || group;
    const paired = runs.payload.paired_by ? " Computed in this browser with Welch's test, not in pairs." : " Computed in this browser with the same test.";
    tell(`Compared with ${name(base)} instead of the report's own baseline ${name(table.dataset.baselineId)}.${paired} Headline and marks of the best are unchanged.`);
  }

  function wire() {
    const select = document.querySelector("select[data-baseline]"), table = document.querySelector("table[data-configurations]"), section = document.querySelector("[data-runs]");
    if (!select || !table || !section) return;
    const rows = [...table.querySelectorAll("tr[data-group]")].filter((row) => row.querySelector("td[data-cell=difference]") && row.querySelector("td[data-cell=verdict]"));
    const kept = keep(rows), own = table.dataset.baselineId;
    let shown = own;
    const follow = () => {
      const base = hash.get("base") || own;
      if (base === shown) return;
      shown = base;
      if ([...select.options].some((option) => option.value === base)) select.value = base;
      if (base === own) { restore(kept); tell(""); }
      else recompute(section, table, rows, base).catch((error) => tell(`The comparison could not be computed again: ${error.message}`));
    };
    select.addEventListener("change", () => { hash.push({ base: select.value === own ? null : select.value }); follow(); });
    hash.onChange(follow);
    follow();
  }

  runfolio.baseline = { wire };
})(window.runfolio);
