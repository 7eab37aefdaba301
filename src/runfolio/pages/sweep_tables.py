"""The tables of a sweep's page: importance, heat map, where runs failed, budgets. Numbers become text here."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from runfolio.analysis.expected_best import expected_best
from runfolio.analysis.rounding import duration_text, number_text
from runfolio.charts.metric_by_two_parameters import HeatCell, metric_by_two_parameters
from runfolio.charts.share_by_parameter import ShareBar, share_by_parameter
from runfolio.pages.search import Search
from runfolio.pages.sweep_words import budget_sentence, names_of
from runfolio.pages.words import DASH, count, heading, value_text

MOST_FAILURE_ROWS = 12
_FEWEST_FOR_SHARE = 3


@dataclass(frozen=True, slots=True)
class ImportanceRow:
    """One parameter as the table shows it."""

    name: str
    bar: ShareBar
    share: str
    interval: str
    p: str
    support: str
    """`supported` or `no support`."""
    is_supported: bool
    rho: str
    note: str
    """`of 33 trials` where not all have it."""


def importance_rows(search: Search) -> tuple[ImportanceRow, ...]:
    """A row for each share, the largest first."""
    shares = search.importance.shares
    usable = int(np.isfinite(search.values).sum())
    return tuple(
        ImportanceRow(
            name=names_of(item),
            bar=bar,
            share=number_text(max(item.share, 0.0), 2),
            interval=f"{number_text(item.low, 2)} to {number_text(item.high, 2)}",
            p=number_text(item.p_adjusted, 3),
            support="supported" if item.is_supported else "no support",
            is_supported=item.is_supported,
            rho=DASH if math.isnan(item.rho) else number_text(item.rho, 2),
            note="" if item.n == usable else f"of {count(item.n, 'trial')}",
        )
        for item, bar in zip(shares, share_by_parameter(shares), strict=True)
    )


@dataclass(frozen=True, slots=True)
class HeatTableCell:
    """One cell as text."""

    value: str
    count: str
    """`3`, or `3, 2 failed`."""
    heat: int
    is_empty: bool
    is_failed: bool
    """All trials there failed: shown as a cross."""


@dataclass(frozen=True, slots=True)
class HeatTable:
    """The heat map with its words."""

    heading: str
    x: str
    y: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[HeatTableCell, ...]], ...]
    note: str


def heat_table(search: Search) -> HeatTable | None:
    """The two parameters that explain most against each other; None for fewer than two."""
    pair = [search.coarse(item.name) for item in search.ranked[:2]]
    if len(pair) < 2:
        return None
    # The one with more bins goes down: columns are what a narrow screen has least of.
    x, y = sorted(pair, key=lambda item: item.count)
    found = metric_by_two_parameters(search.spec, x, y, search.values, search.failed)
    order = "best" if search.spec.goal.sign else "highest"
    empty = f" {found.empty} of {found.cells} cells were never tried (hatched)." if found.empty else ""
    return HeatTable(
        heading=f"{heading(search.spec)}: {y.name} by {x.name}",
        x=x.name,
        y=y.name,
        columns=found.columns,
        rows=tuple((label, tuple(_heat_cell(search, cell) for cell in cells)) for label, cells in found.rows),
        note=f"Mean of the trials in a cell and how many there are; the stronger the colour, the nearer to the {order}. "
        f"A cross: all trials there failed.{empty}",
    )


def _heat_cell(search: Search, cell: HeatCell) -> HeatTableCell:
    lost = f"{cell.failed} failed" if cell.failed else ""
    sizes = ", ".join(part for part in (str(cell.n) if cell.n else "", lost) if part)
    return HeatTableCell(
        value=value_text(search.spec, cell.mean, search.study.digits[search.spec.name]) if cell.n else "",
        count=sizes,
        heat=cell.heat,
        is_empty=cell.is_empty,
        is_failed=not cell.n and cell.failed > 0,
    )


@dataclass(frozen=True, slots=True)
class FailureRow:
    """How many trials failed in one bin of one parameter."""

    parameter: str
    bin: str
    failed: int
    total: int
    share: str


def failure_rows(search: Search) -> tuple[FailureRow, ...]:
    """Bins in which trials failed, by the share that did; of a bin with fewer than three trials last. At most twelve."""
    ended = np.isfinite(search.values) | search.failed
    found: list[tuple[tuple[bool, float, int], FailureRow]] = []
    for item in search.parameters:
        for place, label in enumerate(item.labels):
            own = (item.place == place) & ended
            failed, total = int((own & search.failed).sum()), int(own.sum())
            if failed:
                row = FailureRow(item.name, label, failed, total, f"{failed / total:.0%}")
                found.append(((total < _FEWEST_FOR_SHARE, -failed / total, -failed), row))
    found.sort(key=lambda pair: pair[0])
    return tuple(row for _, row in found[:MOST_FAILURE_ROWS])


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """What one method was given, and what came of it."""

    method: str
    trials: int
    failed: int
    compute: str
    best: str
    """`93.0 (best of 32)`."""
    expected: str
    """Expected best at the common number of trials; a dash where it cannot be told."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Methods beside each other at equal budgets."""

    family: str
    rows: tuple[BudgetRow, ...]
    sentence: str
    expected_heading: str


def budget(search: Search) -> Budget | None:
    """The methods of a search (the values of its family), or None where there are fewer than two."""
    if len(search.methods) < 2 or search.study.family is None or not search.spec.goal.sign:
        return None
    usable = {
        name: search.values[list(places)][np.isfinite(search.values[list(places)])]
        for name, places in search.methods.items()
    }
    at = min(values.size for values in usable.values()) // 2
    rows = []
    for name, places in search.methods.items():
        values = usable[name]
        ended = int(np.isfinite(search.values[list(places)]).sum() + search.failed[list(places)].sum())
        seconds = sum(search.trials[place].seconds for place in places)
        curve = expected_best(values, search.spec.goal)
        rows.append(
            BudgetRow(
                name,
                ended,
                int(search.failed[list(places)].sum()),
                duration_text(seconds) if seconds else DASH,
                f"{_value(search, _best(search, values))} (best of {ended})" if values.size else DASH,
                _value(search, float(curve[at - 1])) if at else DASH,
            )
        )
    sizes = [row.trials for row in rows]
    return Budget(
        search.study.family,
        tuple(rows),
        budget_sentence(sizes, at),
        f"Expected best of {at}" if at else "Expected best",
    )


def _best(search: Search, values: np.typing.NDArray[np.float64]) -> float:
    return float(values.max() if search.spec.goal.sign > 0 else values.min())


def _value(search: Search, value: float) -> str:
    return value_text(search.spec, value, search.study.digits[search.spec.name])
