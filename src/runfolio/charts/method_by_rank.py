"""Critical difference diagram: methods at their mean ranks over tasks, a bar under those that are not told apart."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from runfolio.analysis.rounding import number_text
from runfolio.analysis.suite_detail import RankedMethods, RankTest
from runfolio.charts.chart import Axis, Chart, Line, Points
from runfolio.model import Column, ColumnKind, Table

_DECIMALS = 2
_BARS, _BAR = 0.45, 0.4
"""Depth of the first bar under the axis, and of each further one under it."""
_OVER = 0.04
"""Of a rank, that a bar goes beyond the methods it joins."""
_TOLD = 6


def method_by_rank(found: RankedMethods, roles: Mapping[str, str], *, chart_id: str) -> Chart:
    """The diagram: each method hangs from its mean rank, the best (1) at the right and its name on top.

    `roles`: colour of each method, by its key. With the critical difference its length stands over the axis, from rank 1.
    Places along x are minus the ranks, so that better is further right.
    """
    count = len(found.rows)
    first = _BARS + _BAR * len(found.groups)
    depths = [first + at for at in range(count)]
    left, right = -count - 0.2, -0.8
    names = [
        Line(
            row.label,
            roles.get(row.key, "muted"),
            np.array([-rank, -rank, right]),
            np.array([0.0, -depth, -depth]),
            end_label=f"{row.label} {number_text(rank, _DECIMALS)}",
        )
        for row, rank, depth in zip(found.rows, found.ranks, depths, strict=True)
    ]
    bars = [
        Line(
            "no clear difference",
            "focus",
            np.array([-found.ranks[group[-1]] - _OVER, -found.ranks[group[0]] + _OVER]),
            np.full(2, -(_BARS + _BAR * at)),
            is_bar=True,
        )
        for at, group in enumerate(found.groups)
    ]
    length = []
    if found.difference is not None:
        ends = np.array([max(-1.0 - found.difference, left), -1.0])
        length = [Line("critical difference", "baseline", ends, np.full(2, 0.5))]
    return Chart(
        chart_id=chart_id,
        title=f"Critical difference diagram: mean ranks over {found.tasks} tasks",
        subtitle=_subtitle(found),
        x=Axis(
            "mean rank, lower is better",
            left,
            right,
            ticks=tuple((-float(at), str(at)) for at in range(count, 0, -1)),
        ),
        y=Axis("", -depths[-1] - 0.5, 0.9, ticks=((0.0, ""),)),
        lines=(*names, *bars, *length),
        points=(Points("mean ranks", "focus", -np.array(found.ranks), np.zeros(count)),),
        notes=_notes(found),
        description=_describe(found),
        table=_table(found),
        has_pointer=False,
        has_controls=False,
    )


def _subtitle(found: RankedMethods) -> str:
    if found.test is RankTest.NEMENYI:
        assert found.difference is not None
        size = number_text(found.difference, _DECIMALS)
        how = f"Nemenyi's critical difference of {size} (dashed), if Friedman's test tells them apart at all"
    else:
        how = "Wilcoxon's signed-rank test of each pair, Holm over all pairs"
    bars = (
        "a bar joins neighbours that are not told apart" if found.groups else "all neighbours are told apart"
    )
    return f"Runs on a task averaged first; {bars}: {how}, 5% level."


def _notes(found: RankedMethods) -> tuple[str, ...]:
    notes = []
    if found.overall is None:
        notes.append("All methods are equal on every task.")
    else:
        p = "< 0.001" if found.overall.f_p < 0.001 else f"= {number_text(found.overall.f_p, 3)}"
        said = "some methods differ" if found.overall.f_p <= 0.05 else "no clear difference among the methods"
        notes.append(f"Friedman's test: {said} (F, p {p}).")
    joined = {(i, j) for group in found.groups for i in group for j in group if i < j}
    loose = [
        (i, j)
        for j in range(len(found.rows))
        for i in range(j)
        if (i, j) not in joined and (i, j) not in found.apart
    ]
    if loose:
        names = ", ".join(f"{found.rows[i].label} and {found.rows[j].label}" for i, j in loose[:_TOLD])
        notes.append(f"No clear difference either, though no bar can join them: {names}.")
    if found.test is RankTest.NEMENYI:
        notes.append("Whether two methods are told apart depends on which others are in the list.")
    elif 2 * 0.5**found.tasks * len(found.rows) * (len(found.rows) - 1) / 2 > 0.05:
        notes.append(f"With {found.tasks} tasks and so many pairs this test can tell no two methods apart.")
    if found.left_out:
        notes.append(f"Left out, because runs are missing: {', '.join(row.label for row in found.left_out)}.")
    return tuple(notes)


def _describe(found: RankedMethods) -> str:
    ranks = ", ".join(
        f"{row.label} {number_text(rank, _DECIMALS)}"
        for row, rank in zip(found.rows, found.ranks, strict=True)
    )
    groups = "; ".join(", ".join(found.rows[i].label for i in group) for group in found.groups)
    bars = f"No clear difference among {groups}." if groups else "All neighbours are told apart."
    return f"Mean ranks over {found.tasks} tasks, lower is better: {ranks}. {bars}"


def _table(found: RankedMethods) -> Table:
    columns = (
        Column("method", "method", ColumnKind.TEXT),
        Column("rank", "mean rank", ColumnKind.NUMBER, decimals=_DECIMALS),
        Column("unclear", "no clear difference to", ColumnKind.TEXT),
    )
    rows = []
    for at, (row, rank) in enumerate(zip(found.rows, found.ranks, strict=True)):
        others = [
            other.label
            for place, other in enumerate(found.rows)
            if place != at and (min(at, place), max(at, place)) not in found.apart
        ]
        rows.append((row.label, rank, ", ".join(others)))
    return Table(columns, tuple(rows))
