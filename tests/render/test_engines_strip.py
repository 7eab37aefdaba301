from __future__ import annotations

from xml.etree import ElementTree

import pytest

from runfolio.charts.chart import Axis, Dots, Strip
from runfolio.render.engines.svg import draw_strip_axis, draw_strip_row
from runfolio.render.engines.svg_strip import strip_range

STRIP = Strip(
    Axis("Accuracy", 80.0, 90.0, "%"),
    (
        Dots("a", "focus", (80.0, 85.0, 90.0), 85.0, 82.5, 87.5),
        Dots("b", "muted", (10.0, 99.0), 10.0, 9.0, 11.0),
        Dots("c", "focus", ()),
    ),
    baseline=90.0,
)


def marks(index: int) -> dict[str, list[ElementTree.Element]]:
    found: dict[str, list[ElementTree.Element]] = {}
    for element in ElementTree.fromstring(draw_strip_row(STRIP, index)):
        found.setdefault(element.get("class", "").split()[0], []).append(element)
    return found


def test_dots_interval_mean_and_baseline_stand_at_their_share_of_the_axis() -> None:
    row = marks(0)
    assert [dot.get("cx") for dot in row["strip-dot"]] == ["2.5%", "50%", "97.5%"]
    assert [(bar.get("x1"), bar.get("x2")) for bar in row["strip-interval"]] == [("26.25%", "73.75%")]
    assert [tick.get("x1") for tick in row["strip-mean"]] == ["50%"]
    assert [tick.get("x1") for tick in row["strip-baseline"]] == ["97.5%"]


def test_what_lies_outside_is_hollow_at_the_end() -> None:
    row = marks(1)
    assert [dot.get("cx") for dot in row["strip-dot"]] == ["2.5%", "97.5%"]
    assert all("is-out" in dot.get("class", "") for dot in row["strip-dot"])
    assert "strip-interval" not in row
    assert "strip-mean" not in row


def test_a_group_without_values_shows_the_baseline_only() -> None:
    assert list(marks(2)) == ["strip-baseline"]


def test_the_axis_names_both_ends_and_the_unit_once() -> None:
    assert strip_range(STRIP) == ("80", "90")
    root = ElementTree.fromstring(draw_strip_axis(STRIP))
    assert [text.text for text in root.iter("text")] == ["80", "90%"]
    assert root.get("aria-label") == "from 80 to 90%"


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.1, 0.9, ("0.10", "0.90")), (1e-7, 9e-7, ("1e-7", "9e-7")), (93.012, 93.049, ("93.012", "93.049"))],
)
def test_ends_have_enough_digits(low: float, high: float, expected: tuple[str, str]) -> None:
    assert strip_range(Strip(Axis("m", low, high), ())) == expected
