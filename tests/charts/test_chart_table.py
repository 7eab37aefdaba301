from __future__ import annotations

import numpy as np

from runfolio.charts.chart import Axis, Chart, Line
from runfolio.charts.chart_table import chart_table


def chart(*lines: Line) -> Chart:
    return Chart("a", "Loss", "", Axis("step", 0, 100), Axis("Loss", 0, 1.2), lines)


def test_at_most_twelve_logged_x_with_both_ends() -> None:
    x = np.arange(0, 1000, 3.0)
    table = chart_table(chart(Line("a", "focus", x, x)))
    assert len(table.rows) == 12
    assert (table.rows[0], table.rows[-1]) == ((0.0, 0.0), (999.0, 999.0))
    assert all(row[0] in x and row[0] == row[1] for row in table.rows)


def test_a_line_is_interpolated_inside_its_range_and_missing_outside_and_in_gaps() -> None:
    long = Line("long", "category-1", np.array([0.0, 1, 2, 3, 4]), np.array([0.0, 1, 2, 3, 4]))
    short = Line("short", "category-2", np.array([1.0, 3]), np.array([10.0, 30]))
    torn = Line("torn", "category-3", np.array([0.0, 2, 4]), np.array([0.0, np.nan, 4]))
    table = chart_table(chart(long, short, torn))
    assert [row[2] for row in table.rows] == [None, 10, 20, 30, None]
    assert [row[3] for row in table.rows] == [0, None, None, None, 4]
    assert [column.label for column in table.columns] == ["step", "long", "short", "torn"]
    assert table.columns[1].decimals == 2


def test_equal_names_are_told_apart_and_thin_lines_left_out() -> None:
    x = np.array([0.0, 1])
    lines = [Line("a", "focus", x, x), Line("a", "focus", x, x), Line("thin", "focus", x, x, is_thin=True)]
    assert [column.name for column in chart_table(chart(*lines)).columns] == ["step", "a", "a (2)"]
