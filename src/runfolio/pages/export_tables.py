"""The comparison, rates and the leaderboard as tables to be written as text, with the digits and the bold of their pages."""

from __future__ import annotations

import math

from runfolio.analysis.compare import Comparison
from runfolio.analysis.rounding import number_text
from runfolio.analysis.variants import VariantComparison
from runfolio.model import GroupResult
from runfolio.pages.configurations import best_word, verdict_text
from runfolio.pages.leaderboard import Leaderboard, LeaderCell
from runfolio.pages.table_text import TextCell, TextColumn, TextTable
from runfolio.pages.variants import variant_table
from runfolio.pages.words import (
    DASH,
    difference_text,
    difference_unit,
    estimate_decimals,
    heading,
    interval_text,
)


def comparison_table(comparison: Comparison) -> TextTable:
    """A row a configuration, best first: runs, mean ± half-width, difference to the baseline, verdict."""
    spec, unit = comparison.spec, difference_unit(comparison.spec)
    decimals = estimate_decimals(spec, [item.estimate for item in comparison.results])
    columns = [TextColumn("Configuration"), TextColumn("Runs", True), TextColumn(heading(spec), True)]
    if comparison.baseline is not None:
        columns += [TextColumn(f"Difference, {unit}" if unit else "Difference", True), TextColumn("Verdict")]
    sentences = [
        f"{heading(spec)}: mean ± half of the 95% t interval.",
        "Bold: best, or not separated from the best.",
    ]
    if comparison.baseline is not None:
        sentences.append(f"Baseline: {comparison.baseline.label}.")
    caption = " ".join([*sentences, comparison.caption]).strip()
    rows = tuple(_row(item, comparison, decimals) for item in comparison.results)
    return TextTable(caption, tuple(columns), rows)


def _row(result: GroupResult, comparison: Comparison, decimals: int) -> tuple[TextCell, ...]:
    spec, estimate, half = comparison.spec, result.estimate, result.estimate.half_width
    total = len(result.group.run_ids)
    cells = [
        TextCell(result.group.label),
        TextCell(str(total) if estimate.n == total else f"{estimate.n}/{total}"),
        TextCell(
            number_text(estimate.value * spec.scale, decimals) if estimate.n else DASH,
            "" if half is None else number_text(half * abs(spec.scale), decimals),
            bool(best_word(result, comparison)),
            _shown(estimate.value * spec.scale) if estimate.n else None,
            None if half is None else _shown(half * abs(spec.scale)),
        ),
    ]
    if comparison.baseline is None:
        return tuple(cells)
    delta = result.delta
    if delta is None:
        is_baseline = result.group.group_id == comparison.baseline.group_id
        return (*cells, TextCell(DASH), TextCell("baseline" if is_baseline else ""))
    text = difference_text(spec, delta.absolute, decimals) if math.isfinite(delta.absolute) else DASH
    if delta.low is not None and delta.high is not None:
        text += f" [{interval_text(spec, delta.low, delta.high, decimals)}]"
    return (*cells, TextCell(text), TextCell(verdict_text(delta)))


def rate_table(found: VariantComparison) -> TextTable:
    """A row a variant: counts, rate, difference to the baseline with both of its intervals, verdict."""
    table = variant_table(found, "")
    columns = [
        TextColumn("Variant"),
        *(TextColumn(name, True) for name in (table.successes, table.trials, f"{table.label}, %")),
    ]
    if table.baseline_label:
        columns += [TextColumn(name, True) for name in ("Difference, points", "One look", "Every look")]
        columns.append(TextColumn("Verdict"))
    rows = []
    for row in table.rows:
        interval = f" [{row.interval}]" if row.interval else ""
        cells = [row.label, row.successes, row.trials, row.rate + interval]
        if table.baseline_label:
            cells += [row.difference or DASH, row.once or DASH, row.watched or DASH]
            cells.append("baseline" if row.is_baseline else row.verdict)
        rows.append(tuple(map(TextCell, cells)))
    sentences = [table.caption, *(f"{note}." for note in (table.split, *table.remarks) if note)]
    return TextTable(" ".join(filter(None, sentences)), tuple(columns), tuple(rows))


def board_table(board: Leaderboard) -> TextTable:
    """A row a method: the mean over tasks, the places it may hold, and each task."""
    columns = [TextColumn("Method"), *(TextColumn(name, True) for name in board.overall)]
    if board.has_places:
        columns.append(TextColumn("Place", True))
    columns += [TextColumn(name, True) for name in board.tasks]
    rows = tuple(
        (
            TextCell(row.label),
            *map(_cell, row.overall),
            *((TextCell(row.place),) if board.has_places else ()),
            *map(_cell, row.cells),
        )
        for row in board.rows
    )
    refusal = f"No mean over tasks: {board.refusal}." if board.refusal else ""
    sentences = [f"{board.title}.", board.caption, refusal, *board.notes]
    return TextTable(" ".join(filter(None, sentences)), tuple(columns), rows)


def _cell(cell: LeaderCell) -> TextCell:
    lost = f" ({cell.lost} runs)" if cell.lost else ""
    return TextCell(cell.value + lost, cell.half_width, bool(cell.best), cell.raw, cell.raw_half)


def _shown(value: float) -> float | None:
    """Without the digits that multiplying makes up."""
    return float(f"{value:.12g}") if math.isfinite(value) else None
