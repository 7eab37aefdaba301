"""Pairwise outcomes: strengths of competitors on the page, against published values, and when none are told."""

from __future__ import annotations

import html
import math
import random
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from built import make_run, pages_of, plan, study_of

from runfolio.analysis.bradley_terry import ELO
from runfolio.analysis.pairwise import PairwiseOptions, compare_competitors
from runfolio.model import Run
from runfolio.pages.headline import experiment_headline
from runfolio.pages.search import is_sweep

#: Agresti, Categorical Data Analysis: wins in the eastern division of the American League, 1987, and his estimates, Baltimore at 0.
TEAMS = ("Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore")
WINS = (
    (0, 7, 9, 7, 7, 9, 11),
    (6, 0, 7, 5, 11, 9, 9),
    (4, 6, 0, 7, 7, 8, 12),
    (6, 8, 6, 0, 6, 7, 10),
    (6, 2, 6, 7, 0, 7, 12),
    (4, 4, 5, 6, 6, 0, 6),
    (2, 4, 1, 3, 1, 7, 0),
)
AGRESTI = (1.581, 1.436, 1.294, 1.248, 1.108, 0.684, 0.0)
OPTIONS = PairwiseOptions("league", "home", "guest", "won", "American League 1987")


def games(wins: Sequence[Sequence[int]] = WINS, names: Sequence[str] = TEAMS) -> list[Run]:
    """A run for each pair, which logs the outcome of each of its games."""
    return [
        make_run(
            f"{names[i]}-{names[j]}",
            {"won": [1.0] * wins[i][j] + [0.0] * wins[j][i]},
            parameters={"home": names[i], "guest": names[j]},
        )
        for i in range(len(names))
        for j in range(i + 1, len(names))
        if wins[i][j] + wins[j][i]
    ]


def page_of(runs: Sequence[Run], **options: Any) -> str:
    given = PairwiseOptions(**{**{n: getattr(OPTIONS, n) for n in OPTIONS.__slots__}, **options})
    return pages_of(plan(runs, pairwise={"league": given}))["experiments/study.html"]


def rows_of(page: str) -> dict[str, list[str]]:
    (table,) = re.findall(r'<table class="table arena".*?</table>', page, re.S)
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", table.split("<tbody>")[1], re.S):
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        found[cells[0]] = [html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in cells[1:]]
    return found


def elo_of(page: str) -> dict[str, float]:
    names = list(rows_of(page))
    values = re.findall(r'<td class="number value" data-value="([^"]+)"', page)
    return dict(zip(names, map(float, values[: len(names)]), strict=True))


def test_the_page_of_the_league_has_agrestis_estimates() -> None:
    page = page_of(games())
    elo = elo_of(page)
    assert list(elo) == list(TEAMS)
    for team, published in zip(TEAMS, AGRESTI, strict=True):
        assert (elo[team] - elo["Baltimore"]) / ELO == pytest.approx(published, abs=6e-4)
    rows = rows_of(page)
    assert rows["Baltimore"][0] == "6–7" and rows["Milwaukee"][0] == "1–6"
    assert rows["Milwaukee"][3:] == ["50", "78"]
    assert "7 competitors in 273 matches" in page and "Places 1–6 are not separated" in page


def test_its_headline_does_not_crown_the_first_of_six_that_are_not_separated() -> None:
    study = study_of(games(), pairwise={"league": OPTIONS})
    assert experiment_headline(study).title == (
        "American League 1987: Milwaukee leads, but is not clearly ahead of Detroit, Toronto and 3 others"
    )
    # Twenty-one pairs of names are no search for good settings, and means of outcomes compare nothing.
    assert not is_sweep(study)
    page = page_of(games())
    assert "Configurations, best first" not in page and "No clear" not in page


def test_matches_one_by_one_or_together_give_the_same() -> None:
    single = []
    for run in games():
        count = run.metrics["won"].count
        won = round(run.metrics["won"].mean * count)
        for at in range(count):
            names = {name: run.parameters[name].text for name in ("home", "guest")}
            single.append(
                make_run(f"{run.run_id}-{at}", {"won": float(at < won)}, parameters={**names, "match": at})
            )
    random.Random(1).shuffle(single)
    assert rows_of(page_of(single)) == rows_of(page_of(games()))


def test_a_draw_is_half_a_win_for_each() -> None:
    runs = [
        make_run("ab", {"won": [1.0, 0.5, 0.0, 0.5]}, parameters={"home": "a", "guest": "b"}),
        make_run("ba", {"won": [1.0, 0.0]}, parameters={"home": "b", "guest": "a"}),
    ]
    rows = rows_of(page_of(runs))
    assert {name: row[-2:] for name, row in rows.items()} == {"a": ["3", "6"], "b": ["3", "6"]}
    assert [row[0] for row in rows.values()] == ["1–2", "1–2"]


def test_one_that_is_clearly_stronger_is_called_so() -> None:
    wins = ((0, 90, 90), (10, 0, 60), (10, 40, 0))
    study = study_of(games(wins, "abc"), pairwise={"league": OPTIONS})
    title = experiment_headline(study).title
    assert re.fullmatch(r"American League 1987: a is strongest, \d+ Elo points ahead of b", title)


def arena_of(wins: Mapping[tuple[str, str], tuple[int, int]]) -> Any:
    runs = [
        make_run(f"{a}-{b}", {"won": [1.0] * w + [0.0] * lost}, parameters={"home": a, "guest": b})
        for (a, b), (w, lost) in wins.items()
    ]
    return compare_competitors(runs, OPTIONS), page_of(runs)


@pytest.mark.parametrize(
    "wins",
    [
        {("a", "b"): (5, 0), ("b", "c"): (3, 2)},
        {("a", "b"): (3, 2), ("c", "d"): (2, 3)},
    ],
)
def test_without_a_bound_no_strength_is_told(wins: dict[tuple[str, str], tuple[int, int]]) -> None:
    arena, page = arena_of(wins)
    assert "has no bound" in arena.refusal and all(item.strength is None for item in arena.competitors)
    assert "No strengths: some players never lost" in page and "Elo" not in page and "strongest" not in page
    assert "no strength can be told of" in page


def test_of_few_matches_there_are_neither_intervals_nor_places() -> None:
    arena, page = arena_of({("a", "b"): (3, 1)})
    assert [item.strength.low for item in arena.competitors] == [None, None]
    assert [(item.place_low, item.place_high) for item in arena.competitors] == [(1, 2), (1, 2)]
    assert "No intervals: in too many draws" in page and "leads, but is not clearly ahead of b" in page


def test_what_is_no_outcome_is_not_counted_and_said() -> None:
    runs = [
        *games(((0, 3), (2, 0)), "ab"),
        make_run("self", {"won": 1.0}, parameters={"home": "a", "guest": "a"}),
        make_run("score", {"won": 7.0}, parameters={"home": "a", "guest": "b"}),
        make_run("nan", {"won": math.nan}, parameters={"home": "a", "guest": "b"}),
        make_run("going", {"won": [1.0]}, parameters={"home": "a", "guest": "b"}, status="running"),
        make_run("other", {"loss": 1.0}),
    ]
    found = compare_competitors(runs, OPTIONS)
    assert found is not None and found.matches == 6
    assert found.remarks == (
        "1 run of a competitor against itself not counted",
        "1 run with outcomes other than from 0 to 1 not counted: score",
        "1 run is still going on",
    )


def test_names_that_no_run_has_are_a_problem() -> None:
    site = plan(games(), pairwise={"x": PairwiseOptions("x", "hom", "guest", "wonn")})
    messages = [problem.message for problem in site.problems if problem.slug == "unknown-pairwise"]
    assert sorted(messages, reverse=True) == [
        "[pairwise.x] names the parameter `hom`, which no run has; nearest: `home`",
        "[pairwise.x] names the metric `wonn`, which no run has; nearest: `won`",
    ]
    assert 'class="table arena"' not in pages_of(site)["experiments/study.html"]
