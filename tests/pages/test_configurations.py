"""Rows of the configurations table: filters that find exactly their runs, marks that are earned, limits."""

from __future__ import annotations

import math
from typing import Any

from built import make_run, pages_of, plan, replicates, study_of
from hypothesis import given, settings
from hypothesis import strategies as st

from runfolio.analysis.where import parse_where, vocabulary
from runfolio.model import GroupResult
from runfolio.pages.configurations import configurations, group_where, quoted

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.sampled_from(
    ["lr", "a.b", "val/x", "with space", 'quo"te', "None", "in", "params", "läuft", "b`c", "1st"]
)
VALUES = (
    TEXT
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False)
    | st.booleans()
    | st.sampled_from(["none", "true", "0.1", "nan", "\r", "\\n", "😀", '"', "a\nb"])
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(NAMES | TEXT.filter(bool), VALUES, max_size=3), min_size=1, max_size=8))
def test_a_groups_filter_finds_exactly_its_runs(settings_of_runs: list[dict[str, Any]]) -> None:
    runs = [make_run(f"r{place}", {"acc": 0.5}, parameters=own) for place, own in enumerate(settings_of_runs)]
    study = study_of(runs)
    known = vocabulary(runs, study.specs)
    for group in study.grouping.groups:
        where = parse_where(group_where(group, study.grouping.varying), known=known)
        assert [run.run_id for run in runs if where.matches(run)] == sorted(group.run_ids)


def test_runs_without_settings_are_found_by_their_group() -> None:
    runs = [make_run(f"r{i}", {"acc": 0.5}, group="first" if i < 2 else "second") for i in range(4)]
    study = study_of(runs)
    assert len(study.grouping.groups) == 2
    for group in study.grouping.groups:
        where = parse_where(group_where(group, study.grouping.varying), known=vocabulary(runs, study.specs))
        assert tuple(run.run_id for run in runs if where.matches(run)) == group.run_ids


@given(TEXT)
def test_quoted_texts_are_read_back(text: str) -> None:
    runs = [make_run("a", parameters={"x": text}), make_run("b", parameters={"x": text + "x"})]
    where = parse_where(f"x == {quoted(text)}", known=vocabulary(runs))
    assert [where.matches(run) for run in runs] == [True, False]
    assert "\n" not in quoted(text)


def table(values: dict[str, list[Any]], limit: int = 60, **options: Any) -> Any:
    study = study_of(replicates(values), **options)
    assert study.comparison is not None
    return configurations(study, study.comparison, limit)


def test_the_limit_keeps_the_baseline() -> None:
    values = {f"m{place:02d}": [place / 20 + seed / 1000 for seed in range(3)] for place in range(12)}
    found = table(values, 4, baseline='model == "m00"')
    assert [row.label for row in found.rows] == ["m11", "m10", "m09", "m08", "m00"]
    assert [row.is_baseline for row in found.rows] == [False] * 4 + [True]
    assert found.hidden == 7
    assert len(found.strip.rows) == len(found.rows)


def test_a_baseline_within_the_limit_stands_once() -> None:
    found = table({f"m{place}": [place / 9 + seed / 1000 for seed in range(3)] for place in range(6)}, 3,
                  baseline='model == "m5"')  # fmt: skip
    assert [row.label for row in found.rows] == ["m5", "m4", "m3"]
    assert found.hidden == 3


def test_marks_are_earned() -> None:
    clear = table({"a": [0.9, 0.91, 0.92], "b": [0.5, 0.51, 0.52]})
    assert [(row.best, row.place) for row in clear.rows] == [("best", "1"), ("", "2")]
    tie = table({"a": [0.9, 0.7, 0.8], "b": [0.85, 0.75, 0.79]})
    assert {(row.best, row.place) for row in tie.rows} == {("tied best", "1–2")}
    alone = table({"a": [0.9, 0.91, 0.92], "b": [0.5, None, 0.52]})
    assert [row.best for row in alone.rows] == ["", ""]
    few = table({"a": [0.9, 0.91], "b": [0.5, 0.51]})
    assert [row.best for row in few.rows] == ["", ""]


def test_two_runs_show_both_values_and_one_says_so() -> None:
    found = table({"a": [0.9, 0.8], "b": [0.5]})
    assert [(row.spread, row.half_width) for row in found.rows] == [("0.8000 and 0.9000", ""), ("1 run", "")]


def test_digits_are_shared_by_a_column() -> None:
    found = table({"a": [0.9, 0.9123, 0.92], "b": [0.5, 0.6, 0.7], "c": [0.41, 0.4]})
    texts = [text for row in found.rows for text in (row.value, row.half_width, row.difference) if text]
    assert len({len(text.partition(".")[2]) for text in texts}) == 1


def test_groups_without_any_value_have_a_dash() -> None:
    found = table({"a": [0.9, 0.91, 0.92], "b": [None, math.nan]})
    last = found.rows[-1]
    assert (last.label, last.value, last.raw_value, last.usable, last.total) == ("b", "–", None, 0, 2)
    assert last.difference == "" and last.verdict == "not judged"


def test_one_group_needs_no_filter() -> None:
    assert [row.where for row in table({"a": [0.9, 0.91]}).rows] == [""]


def test_the_baseline_has_no_difference() -> None:
    found = table({"a": [0.9, 0.91, 0.92], "b": [0.5, 0.51, 0.52]})
    (own,) = [row for row in found.rows if row.is_baseline]
    assert (own.difference, own.verdict, own.tone) == ("", "", "")
    (other,) = [row for row in found.rows if not row.is_baseline]
    assert (other.verdict, other.tone) == ("worse", "worse")
    assert isinstance(study_of(replicates({"a": [1.0]})).comparison.results[0], GroupResult)  # type: ignore[union-attr]


def test_many_configurations_without_any_value_are_counted_instead_of_listed() -> None:
    values: dict[str, list[Any]] = {"good": [0.5, 0.6, 0.7], **{f"bad{n}": [math.nan] for n in range(4)}}
    found = table(values)
    assert [row.label for row in found.rows] == ["good"]
    assert found.remarks[0] == "4 configurations gave no value of acc and are not shown here"
    few = table({"good": [0.5, 0.6, 0.7], **{f"bad{n}": [math.nan] for n in range(3)}})
    assert len(few.rows) == 4


def test_a_baseline_without_any_value_is_listed_all_the_same() -> None:
    values: dict[str, list[Any]] = {"good": [0.5, 0.6, 0.7], **{f"bad{n}": [math.nan] for n in range(5)}}
    found = table(values, baseline='model == "bad2"')
    assert [(row.label, row.is_baseline) for row in found.rows] == [("good", False), ("bad2", True)]
    assert found.remarks[0] == "4 configurations gave no value of acc and are not shown here"


def test_a_site_where_nothing_came_of_any_configuration() -> None:
    pages = pages_of(plan(replicates({f"bad{n}": [math.nan, None] for n in range(6)})))
    assert "12 of 12 runs failed; no result yet" in pages["experiments/study.html"]
