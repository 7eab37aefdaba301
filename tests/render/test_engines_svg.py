from __future__ import annotations

import gzip
import re
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.charts.chart import Axis, Chart, Departure, Line, Shown, Sparkline
from runfolio.charts.metric_by_step import CurveInput, metric_by_step
from runfolio.model import MetricSpec
from runfolio.render.engines.svg import draw_chart, draw_sparkline
from runfolio.render.engines.svg_labels import spread
from runfolio.render.engines.svg_place import line_path
from runfolio.render.engines.svg_text import clean, middle

SHOWN = Shown()
HOSTILE = [
    "<script>alert(1)</script>",
    "\"'&<>]]>--><!--",
    "\u202eright to left\u2066",
    "x" * 10_000,
    "nul\x00bell\x07escape\x1bdelete\x7f",
    "\ud800 alone",
    "\ufffe\uffff",
    "",
    " \n\t ",
    "العربية",
]


def parsed(text: str) -> ElementTree.Element:
    """The picture and the list after it, parsed as XML; encoding fails on a lone surrogate."""
    return ElementTree.fromstring(f"<div>{text}</div>".encode())


def classes(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [element for element in root.iter() if name in element.get("class", "").split()]


def chart(*lines: Line, **fields: object) -> Chart:
    given = {
        "chart_id": "a",
        "title": "Loss",
        "subtitle": "",
        "x": Axis("step", 0, 100),
        "y": Axis("Loss", 0, 1),
        **fields,
    }
    return Chart(lines=lines, **given)  # type: ignore[arg-type]


def line(label: str = "a", y: float = 0.5, **fields: object) -> Line:
    x = np.linspace(0, 100, 11)
    return Line(label, "category-1", x, np.full(11, y), end_label=f"{label} {y}", **fields)  # type: ignore[arg-type]


def points(path: str) -> list[tuple[int, int]]:
    """Absolute points of a path of one `M` and one relative `l`."""
    numbers = [int(text) for text in re.findall(r"-?\d+", path)]
    moves = list(zip(numbers[::2], numbers[1::2], strict=True))
    result = [moves[0]]
    for dx, dy in moves[1:]:
        result.append((result[-1][0] + dx, result[-1][1] + dy))
    return result


def test_a_tiny_chart_is_drawn_exactly_so() -> None:
    tiny = chart(
        Line("a", "category-1", np.array([0.0, 50, 100]), np.array([0, 0.9, 0.5]), end_label="a 0.5"),
        description="One line.",
        x=Axis("step", 0, 100),
        y=Axis("Loss", 0, 1),
    )
    assert draw_chart(tiny, Shown(200, 100, (10, 60, 30, 40))) == (
        '<svg data-plot="" class="chart grows-30" viewBox="0 0 200 100" role="img" aria-labelledby="a-title" '
        'aria-describedby="a-description"><title id="a-title">Loss</title><desc id="a-description">One line.</desc>'
        '<defs><clipPath id="a-frame"><rect x="40" y="10" width="100" height="60"/></clipPath></defs>'
        '<rect class="plot" x="40" y="10" width="100" height="60"/>'
        '<path class="grid" d="M40 70H140M40 58H140M40 46H140M40 34H140M40 22H140M40 10H140"/>'
        '<path class="axis" d="M40 70H140"/><g class="tick" text-anchor="end">'
        '<text x="32" y="70" dy=".35em">0.0</text><text x="32" y="58" dy=".35em">0.2</text>'
        '<text x="32" y="46" dy=".35em">0.4</text><text x="32" y="34" dy=".35em">0.6</text>'
        '<text x="32" y="22" dy=".35em">0.8</text><text x="32" y="10" dy=".35em">1.0</text></g>'
        '<g class="tick" text-anchor="middle"><text x="40" y="70" dy="1.35em">0</text>'
        '<text x="60" y="70" dy="1.35em">20</text><text x="80" y="70" dy="1.35em">40</text>'
        '<text x="100" y="70" dy="1.35em">60</text><text x="120" y="70" dy="1.35em">80</text>'
        '<text x="140" y="70" dy="1.35em">100</text></g>'
        '<text class="axis-label" x="140" y="70" dy="2.6em" text-anchor="end">step</text>'
        '<g clip-path="url(#a-frame)"><g transform="scale(.1)">'
        '<path class="line c-category-1" d="M400 700l500-540 500 240"/></g></g>'
        '<g class="ends"><circle class="end-dot c-category-1" cx="149" cy="40" r="3.5"/>'
        '<text class="end-label" x="157" y="40" dy=".35em">a 0.5</text></g></svg>'
        '<ul class="end-list" aria-hidden="true"><li><i class="end-dot c-category-1"></i>a 0.5</li></ul>'
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    spec = MetricSpec("m", text, text)
    x = np.arange(3.0)
    given = CurveInput(text, "category-1", x, x, run_ids=(text,))
    drawn = draw_chart(
        metric_by_step(spec, [given], chart_id=text, which=text, title=text, x_label=text), SHOWN
    )
    root = parsed(drawn)
    assert {element.tag for element in root.iter()} <= {
        "div",
        "svg",
        "title",
        "desc",
        "defs",
        "clipPath",
        "rect",
        "path",
        "g",
        "text",
        "circle",
        "ul",
        "li",
        "i",
    }
    assert len(drawn) < 12_000
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", drawn)
    for element in root.iter():
        assert not {name for name in element.attrib if name == "style" or name.startswith("on")}
    assert re.fullmatch(r"[A-Za-z0-9-]+-frame", root.find(".//clipPath").get("id", ""))  # type: ignore[union-attr]


@given(st.text(max_size=60), st.integers(2, 40))
def test_cut_text_is_short_clean_and_keeps_both_ends(text: str, most: int) -> None:
    shown = middle(text, most)
    assert len(shown) <= most
    if len(clean(text)) > most > 4:
        assert shown.startswith(clean(text)[0])
        assert shown.endswith(clean(text)[-1])


def test_marks_are_counted_and_named() -> None:
    x = np.arange(11.0) * 10
    y = np.full(11, 0.5)
    drawn = draw_chart(
        chart(
            Line("band", "category-1", x, y, y - 0.1, y + 0.1, end_label="band 0.5"),
            Line("thin", "category-1", x, y, is_thin=True),
            Line("cut", "category-2", x, np.where(x < 60, 0.4, np.nan), is_cut=True),
            Line("base", "baseline", x, y, end_label="base 0.5"),
            Line("none", "muted", x, np.full(11, np.nan)),
            departures=(Departure(30, True, "cut"), Departure(40, False, "cut")),
        ),
        SHOWN,
    )
    root = parsed(drawn)
    counts = {
        name: len(classes(root, name))
        for name in ["line", "thin", "band", "cut", "departure", "end-label", "c-baseline"]
    }
    assert counts == {
        "line": 4,
        "thin": 1,
        "band": 1,
        "cut": 1,
        "departure": 2,
        "end-label": 2,
        "c-baseline": 3,
    }
    assert [element.text for element in root.iter("li")] == [None, None]
    assert "".join(root.find(".//ul").itertext()) == "band 0.5base 0.5"  # type: ignore[union-attr]


def test_labels_are_fifteen_pixels_apart_and_in_the_order_of_their_lines() -> None:
    lines = [line(f"l{i}", 0.5 + i / 1000) for i in range(6)]
    root = parsed(draw_chart(chart(*lines), SHOWN))
    heights = [float(element.get("y", "")) for element in classes(root, "end-label")]
    assert all(b - a >= 15 - 0.11 for a, b in pairwise(heights))
    assert [element.text for element in classes(root, "end-label")] == [
        f"l{i} {0.5 + i / 1000}" for i in reversed(range(6))
    ]


@given(st.lists(st.floats(0, 300), max_size=12), st.floats(10, 400))
def test_labels_spread_without_touching(wanted: list[float], height: float) -> None:
    wanted = sorted(min(place, height) for place in wanted)
    places = spread(wanted, 0.0, height)
    assert len(places) == len(wanted)
    assert all(b - a >= 15 - 1e-6 for a, b in pairwise(places))
    if (len(wanted) - 1) * 15 <= height:
        assert all(-1e-6 <= place <= height + 1e-6 for place in places)
    if all(b - a >= 15 for a, b in pairwise(wanted)):
        assert places == pytest.approx(wanted)


def test_a_long_name_gives_way_to_its_value() -> None:
    (label,) = classes(
        parsed(draw_chart(chart(line("a-very-long-name-of-a-group", 0.75)), SHOWN)), "end-label"
    )
    assert (label.text or "").endswith(" 0.75")
    assert (label.text or "").startswith("a-v")
    assert label[0].text == "a-very-long-name-of-a-group 0.75"


def test_thinning_keeps_every_extreme_of_a_million_points() -> None:
    generator = np.random.default_rng(0)
    x = np.linspace(0, 400, 1_000_000)
    y = 100 + generator.normal(size=x.size)
    y[123_456], y[654_321] = 10.0, 190.0
    drawn = points(line_path(x, y, 400))
    assert len(drawn) <= 1600
    heights = [at for _, at in drawn]
    assert (min(heights), max(heights)) == (100, 1900)
    assert (drawn[0], drawn[-1]) == ((0, round(y[0] * 10)), (4000, round(y[-1] * 10)))


@given(st.integers(3, 300), st.integers(0, 2**32 - 1))
def test_a_path_never_strays_a_third_of_a_pixel_from_the_line(n: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    x = np.cumsum(generator.random(n) + 0.05)
    y = np.cumsum(generator.normal(size=n)) + 100
    drawn = np.array(points(line_path(x, y, 400))) / 10
    assert (
        np.abs(np.interp(x, drawn[:, 0], drawn[:, 1]) - y).max()
        < 0.33 + 0.06 * np.abs(np.diff(y) / np.diff(x)).max()
    )


def test_a_straight_line_is_two_points_and_a_gap_two_paths() -> None:
    x = np.linspace(0, 100, 101)
    assert points(line_path(x, x, 100)) == [(0, 0), (1000, 1000)]
    torn = np.where((x > 40) & (x < 60), np.nan, x)
    assert line_path(x, torn, 100).count("M") == 2
    assert line_path(x, np.full(101, np.nan), 100) == ""


@pytest.mark.parametrize("size", [(1, 1), (120, 40), (580, 300)])
def test_any_size_and_odd_data_can_be_drawn(size: tuple[int, int]) -> None:
    x = np.array([0.0, 100.0])
    lines = [
        Line("one", "focus", np.array([50.0]), np.array([0.5]), end_label="one 0.5", is_cut=True),
        Line("huge", "focus", x, np.array([-1e300, 1e300]), x, x),
        Line("none", "focus", np.array([]), np.array([]), end_label="none"),
        Line("infinite", "focus", x, np.array([np.inf, -np.inf])),
    ]
    for scale in ("linear", "log"):
        drawn = draw_chart(chart(*lines, y=Axis("Loss", 0.1, 1, scale=scale)), Shown(*size))
        assert "nan" not in drawn
        assert "inf" not in drawn.replace("infinite", "")
        parsed(drawn)


def test_six_lines_of_240_points_with_bands_weigh_little() -> None:
    generator = np.random.default_rng(1)
    x = np.arange(240.0)
    curves = []
    for i in range(6):
        y = 0.9 - 0.8 * np.exp(-x / (20 + 10 * i)) + generator.normal(0, 0.003, x.size)
        curves.append(CurveInput(f"family {i}", f"category-{i + 1}", x, y, y - 0.01, y + 0.01, 5))
    text = draw_chart(
        metric_by_step(MetricSpec("acc", "Accuracy", "%", scale=100), curves, chart_id="a"), SHOWN
    )
    assert len(gzip.compress(text.encode())) < 5_500


def test_a_sparkline_ends_in_a_dot_and_stays_in_its_box() -> None:
    x = np.linspace(0, 1, 200)
    drawn = draw_sparkline(Sparkline(x, 50 * x, 0.0, 1.0))
    root = parsed(drawn)
    (path,) = classes(root, "line")
    assert all(0 <= px <= 960 and 0 <= py <= 200 for px, py in points(path.get("d", "")))
    assert len(classes(root, "end-dot")) == 1
    assert root[0].get("aria-hidden") == "true"
    assert draw_sparkline(Sparkline(np.array([3.0]), np.array([1.0]), 0.0, 2.0)).count("<circle") == 1
