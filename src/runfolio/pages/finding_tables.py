"""Tables of findings that no other page has: places, sides of a comparison, a few runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runfolio.analysis.compare import Comparison, compare_with
from runfolio.analysis.rounding import parameter_text, uses_scientific
from runfolio.analysis.select import value_of
from runfolio.model import Group, MetricSpec
from runfolio.pages.compare import estimate_text
from runfolio.pages.configurations import best_word, tone_of, verdict_text
from runfolio.pages.ending import status_word
from runfolio.pages.lookup import Chosen
from runfolio.pages.routes import slug
from runfolio.pages.runs_table import ordered_runs
from runfolio.pages.study import Study
from runfolio.pages.words import DASH, heading, value_text

PARAMETERS = 6


@dataclass(frozen=True, slots=True)
class SimpleColumn:
    """A column's name, and whether it holds numbers."""

    label: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class SimpleCell:
    """A cell: its text, an explanation, how it stands out."""

    text: str
    title: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class SimpleRow:
    """A row: its name first, which leads somewhere."""

    name: str
    href: str
    cells: tuple[SimpleCell, ...]
    run: str = ""
    """Slug of the run it is about."""
    group: str = ""
    """Id of the configuration it is about."""


@dataclass(frozen=True, slots=True)
class SimpleTable:
    """The table; the first column is the rows' name."""

    caption: str
    columns: tuple[SimpleColumn, ...]
    rows: tuple[SimpleRow, ...]
    note: str = ""


def leaders(chosen: Chosen, comparison: Comparison, most: int) -> SimpleTable:
    """The configurations by place: an interval of places where the runs cannot tell them apart."""
    study, spec = chosen.study, comparison.spec
    digits = study.digits[spec.name]
    ranked = [item for item in comparison.results if item.estimate.n]
    rows = []
    for item in ranked[:most]:
        place = DASH
        if item.rank_low:
            same = item.rank_low == item.rank_high
            place = str(item.rank_low) if same else f"{item.rank_low}–{item.rank_high}"
        missing = len(item.group.run_ids) - item.estimate.n
        runs = str(item.estimate.n) if not missing else f"{item.estimate.n}/{len(item.group.run_ids)}"
        cells = (
            SimpleCell(place, "" if item.rank_low else "not placed: runs are missing"),
            SimpleCell(runs, f"{missing} gave no usable value" if missing else "", "warn" if missing else ""),
            SimpleCell(estimate_text(spec, item.estimate, digits)),
            SimpleCell(best_word(item, comparison)),
        )
        rows.append(
            SimpleRow(item.group.label, f"{study.path}#configurations", cells, group=item.group.group_id)
        )
    note = "Places are intervals: configurations that share one cannot be told apart with these runs."
    if len(ranked) > most:
        note += f" The first {most} of {len(ranked)}."
    columns = (
        SimpleColumn("Configuration"),
        SimpleColumn("Place", True),
        SimpleColumn("Runs", True),
        SimpleColumn(heading(spec), True),
        SimpleColumn("Standing"),
    )
    return SimpleTable(f"Places by {spec.label}", columns, tuple(rows), note)


def compared(study: Study, specs: Sequence[MetricSpec], groups: tuple[Group, ...]) -> SimpleTable:
    """Metrics by side, and what may be said of each side against the last one."""
    base = groups[-1]
    rows = []
    for spec in specs:
        cells, verdicts = [], []
        digits = study.digits[spec.name]
        for group in groups[:-1]:
            ours, other, delta = compare_with(group, groups, study.by_id, spec, base, study.site.compare)
            cells.append(SimpleCell(estimate_text(spec, ours, digits)))
            verdicts.append(SimpleCell(verdict_text(delta), delta.reason, tone_of(delta)))
        cells.append(SimpleCell(estimate_text(spec, other, digits)))
        rows.append(SimpleRow(heading(spec), "", (*cells, *verdicts)))
    several = len(groups) > 2
    columns = (
        SimpleColumn("Metric"),
        *(SimpleColumn(group.label, True) for group in groups),
        *(SimpleColumn(f"{group.label} is" if several else "Verdict") for group in groups[:-1]),
    )
    return SimpleTable("Comparison", columns, tuple(rows), f"Judged against {base.label}, the last side.")


def runs_list(chosen: Chosen, specs: Sequence[MetricSpec], columns: Sequence[str], most: int) -> SimpleTable:
    """The chosen runs, best first, with what varies and the metrics."""
    study = chosen.study
    kept = set(chosen.run_ids)
    runs = [run for run in ordered_runs(study) if run.run_id in kept]
    names = tuple(columns) or study.grouping.varying[:PARAMETERS]
    styles = {
        name: uses_scientific([run.parameters[name] for run in runs if name in run.parameters])
        for name in names
    }
    rows = []
    for run in runs[:most]:
        settings = [
            SimpleCell(parameter_text(run.parameters[name], styles[name]) if name in run.parameters else DASH)
            for name in names
        ]
        results = [
            SimpleCell(
                value_text(spec, value_of(run, spec), study.digits[spec.name])
                if spec.name in run.metrics
                else DASH
            )
            for spec in specs
        ]
        bad = study.is_bad(run.run_id)
        state = SimpleCell(status_word(run, study.outcomes[run.run_id]), tone="worse" if bad else "")
        rows.append(
            SimpleRow(run.name, study.address(run.run_id), (*settings, *results, state), run=slug(run.run_id))
        )
    heads = (
        SimpleColumn("Run"),
        *(SimpleColumn(name, _is_number(chosen, name)) for name in names),
        *(SimpleColumn(heading(spec), True) for spec in specs),
        SimpleColumn("Ending"),
    )
    note = f"The first {most} of {len(runs)} runs." if len(runs) > most else ""
    return SimpleTable("Runs, best first", heads, tuple(rows), note)


def _is_number(chosen: Chosen, name: str) -> bool:
    runs = (chosen.study.by_id[run_id] for run_id in chosen.run_ids)
    return all(run.parameters[name].number is not None for run in runs if name in run.parameters)
