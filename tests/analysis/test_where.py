from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from analysis_runs import run, run_of_record, summary
from hypothesis import given
from hypothesis import strategies as st

from runfolio.analysis.metrics import MetricOptions, metric_specs
from runfolio.analysis.where import Vocabulary, parse_where, vocabulary
from runfolio.errors import WhereError
from runfolio.model import Reduction

CASES = json.loads((Path(__file__).parents[1] / "where_cases.json").read_text(encoding="utf-8"))


def known(case: dict) -> Vocabulary:
    names = case["vocabulary"]
    return Vocabulary(frozenset(names["parameters"]), frozenset(names["metrics"]))


@pytest.mark.parametrize("case", [c for c in CASES if "matches" in c], ids=lambda c: f"{c['where']!r}")
def test_matches_as_the_shared_cases_say(case: dict) -> None:
    where = parse_where(case["where"], known=known(case))
    assert where.matches(run_of_record(case["run"])) is case["matches"]


@pytest.mark.parametrize("case", [c for c in CASES if "error" in c], ids=lambda c: c["where"][:40])
def test_refuses_as_the_shared_cases_say(case: dict) -> None:
    with pytest.raises(WhereError) as raised:
        parse_where(case["where"], known=known(case))
    assert case["error"] in str(raised.value)


def test_shared_cases_are_many_and_each_is_decided() -> None:
    assert len(CASES) >= 80
    assert all(("matches" in case) != ("error" in case) for case in CASES)


def test_without_a_vocabulary_unknown_names_are_missing_and_parameters_come_first() -> None:
    both = run("a", {"loss": 1}, {"loss": 5.0})
    assert parse_where("loss == 1").matches(both)
    assert parse_where("nothing == none").matches(both)
    assert not parse_where("nothing == 1").matches(both)


def test_metrics_are_compared_by_their_configured_reduction() -> None:
    one = run("a", {}, {"loss": summary(3.0, minimum=1.0)})
    specs = metric_specs([one], {"loss": MetricOptions(reduction=Reduction.MINIMUM)})
    assert parse_where("loss == 1", known=vocabulary([one], specs)).matches(one)
    assert parse_where("loss == 3", known=vocabulary([one])).matches(one)


def test_vocabulary_holds_every_name_once() -> None:
    found = vocabulary([run("a", {"lr": 1}, {"acc": 1.0}), run("b", {"wd": 1}, {"acc": 1.0})])
    assert found.parameters == {"lr", "wd"}
    assert found.metrics == {"acc"}


def test_huge_whole_numbers_are_compared_not_refused() -> None:
    assert parse_where("big > 1e300").matches(run("a", {"big": 10**400}))


@given(st.text(max_size=20), st.sampled_from("\"'"))
def test_any_text_can_be_quoted_and_found_again(text: str, quote: str) -> None:
    written = text.replace("\\", "\\\\").replace(quote, f"\\{quote}")
    assert parse_where(f"note == {quote}{written}{quote}").matches(run("a", {"note": text}))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_can_be_written_and_found_again(number: float) -> None:
    assert parse_where(f"lr == {number!r}").matches(run("a", {"lr": number}))
    assert parse_where(repr(number)).matches(run("a", {"lr": number}))


@given(st.text(alphabet="ab lr<>=!()[],`'\"\\andornti.0-+e&|", max_size=25))
def test_any_text_is_a_filter_or_a_where_error(text: str) -> None:
    try:
        where = parse_where(text)
    except WhereError as error:
        assert "character" in str(error)
        return
    if text.strip():
        negated = parse_where(f"not ({text})")
        for value in (1, "ab", None, True, math.pi):
            one = run("a", {"lr": value})
            assert negated.matches(one) is not where.matches(one)
