"""Claims are judged by the verdict rule: what holds, what does not, what is undecided, and what is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from built import make_run, replicates, study_of
from claimed import claim_of, judged
from hypothesis import given, settings
from hypothesis import strategies as st

from runfolio.analysis.claim import Outcome
from runfolio.errors import ConfigError

CLEAR = {"tree": [0.90, 0.91, 0.92, 0.90, 0.91], "mlp": [0.70, 0.71, 0.72, 0.70, 0.71]}
TREE, MLP = "group = \"model == 'tree'\"\n", "than = \"model == 'mlp'\"\n"


def test_a_claim_names_the_nearest_where_no_run_matches() -> None:
    text = 'is = "better"\ngroup = "model == \'tre\'"\n' + MLP
    with pytest.raises(ConfigError, match=r"no run of `study` matches .*; nearest: `tree`") as found:
        judged(text, CLEAR)
    assert found.value.error_slug == "claim-without-runs"
    assert judged(text, CLEAR, missing=True).outcome is Outcome.OPEN
    assert judged("open = true\n" + text, CLEAR).outcome is Outcome.OPEN


def test_an_unknown_metric_is_an_error_with_the_nearest_name() -> None:
    with pytest.raises(ConfigError, match="metric `ac` is not logged; nearest: `acc`"):
        judged('is = "better"\nmetric = "ac"\n' + TREE + MLP, CLEAR)


def test_seeds_are_not_chosen() -> None:
    found = judged('is = "better"\ngroup = "model == \'tree\' and seed < 3"\n' + MLP, CLEAR)
    assert found.outcome is Outcome.UNDECIDED
    assert "picks 3 of the 5 runs of tree" in found.reason


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('is = "bettr"', "nearest: `better`"),
        ('text = "x"', "`is` must be given"),
        ('is = "better"\nwhere = "acc > 1"\n' + TREE, "`where` cannot stand beside `is`"),
        ('is = "above"\n' + TREE, "`than` must be given"),
        ('is = "above"\nthan = "x"\n' + TREE, "`than` must be a number"),
        ('is = "better"\nby = -1\n' + TREE, "`by` must be at least 0"),
        ('is = "best"\nby = 1\n' + TREE, "unknown key `by`"),
        ('is = "better"', "`group` must be given"),
        ('where = "acc >"', "is not a filter expression"),
        ('where = "acc > 1"\nfor = "some"', "`for` must be `all`, `none`"),
        ('budget = "acc"', "`at_most` must be given"),
        ('is = "better"\nundecided = "fail"\n' + TREE, "is for gates"),
        ('is = "better"\ngate = true\nundecided = "x"\n' + TREE, "write `pass` or `fail`"),
    ],
)
def test_faults_name_their_key(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as found:
        claim_of(text)
    assert message in str(found.value)


CASES = json.loads((Path(__file__).parents[1] / "claim_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["claim"].replace("\n", "; "))
def test_the_table_of_cases(case: Any) -> None:
    found = judged(case["claim"], case["values"])
    assert (str(found.outcome), found.sentence, found.reason, found.more_runs) == (
        case["outcome"],
        case["sentence"],
        case["reason"],
        case["more_runs"],
    )


def test_the_words_of_the_table_are_those_of_statistics() -> None:
    texts = " ".join(f"{case['sentence']} {case['reason']}" for case in CASES)
    assert not re.search(r"significan|no difference|promising|trend|\*", texts)


#: Values of a model's runs: a level and noise, sometimes a run that failed.
_SIDE = st.lists(st.one_of(st.floats(0.125, 1, width=32), st.none()), min_size=1, max_size=6)
_FORMS = st.sampled_from(["better", "worse", "not worse", "higher", "lower", "equivalent"])


@settings(max_examples=150, deadline=None)
@given(_SIDE, _SIDE, st.sampled_from([0.0, 0.01, 0.2]))
def test_a_claim_and_its_mirror_never_both_hold(
    a: list[float | None], b: list[float | None], by: float
) -> None:
    values = {"tree": a, "mlp": b}
    held = {
        word
        for word in ("better", "worse", "higher", "lower")
        if judged(f'is = "{word}"\nmetric = "acc"\nopen = true\nby = {by}\n' + TREE + MLP, values).outcome
        is Outcome.HOLDS
    }
    assert held in (set(), {"better", "higher"}, {"worse", "lower"})
    turned = judged(
        f'is = "better"\nmetric = "acc"\nopen = true\nby = {by}\n'
        "group = \"model == 'mlp'\"\nthan = \"model == 'tree'\"",
        values,
    )
    assert not (turned.outcome is Outcome.HOLDS and "better" in held)


@settings(max_examples=60, deadline=None)
@given(_SIDE, _SIDE, _FORMS, st.randoms(use_true_random=False))
def test_the_order_of_runs_changes_nothing(
    a: list[float | None], b: list[float | None], form: str, draw: Any
) -> None:
    runs = replicates({"tree": a, "mlp": b})
    text = f'is = "{form}"\nmetric = "acc"\nopen = true\nby = 0.1\n' + TREE + MLP
    mixed = draw.sample(runs, len(runs))
    assert repr(judged(text, runs)) == repr(judged(text, mixed))


@settings(max_examples=60, deadline=None)
@given(_SIDE, _SIDE, _FORMS, st.sampled_from([2.0**-8, 2.0, 2.0**10]))
def test_another_unit_changes_no_outcome(
    a: list[float | None], b: list[float | None], form: str, factor: float
) -> None:
    def outcome(times: float) -> Outcome:
        values = {
            name: [None if value is None else value * times for value in side]
            for name, side in (("tree", a), ("mlp", b))
        }
        text = f'is = "{form}"\nmetric = "acc"\nopen = true\nby = {0.125 * times}\n' + TREE + MLP
        return judged(text, values).outcome

    assert outcome(1.0) is outcome(factor)


def test_nothing_is_better_where_nobody_said_which_way() -> None:
    runs = replicates(CLEAR, metric="entropy")
    found = judged('is = "better"\n' + TREE + MLP, runs)
    assert found.outcome is Outcome.UNDECIDED
    assert "nobody said whether a high or a low entropy is better" in found.reason
    higher = judged('is = "higher"\n' + TREE + MLP, runs)
    assert higher.outcome is Outcome.HOLDS
    assert "better" not in higher.reason


def test_a_claim_agrees_with_the_table_of_its_experiment() -> None:
    """Corrected over all configurations: what the table calls no clear difference is no claim that holds."""
    values = {
        f"m{index}": [0.5 + 0.001 * ((index * 7 + seed * 3) % 11) for seed in range(4)] for index in range(12)
    }
    values |= {"tree": [0.51, 0.512, 0.511, 0.52], "mlp": [0.505, 0.502, 0.507, 0.499]}
    found = judged('is = "better"\n' + TREE + MLP, values)
    study = study_of(replicates(values), baseline="model == 'mlp'")
    assert study.comparison is not None
    delta = next(item.delta for item in study.comparison.results if item.group.label == "tree")
    assert found.delta == delta


def test_runs_that_go_on_leave_a_claim_undecided() -> None:
    runs = [
        *replicates({"tree": [0.9, 0.91, 0.92]}),
        make_run("late", {"acc": 0.1}, status="running", parameters={"model": "mlp", "seed": 0}),
    ]
    for text in ('is = "none failed"', 'where = "acc > 0.5"', 'where = "acc > 0.5"\nfor = 4'):
        found = judged(text, runs)
        assert found.outcome is Outcome.UNDECIDED
        assert "1 of 4 runs is still running" in found.reason
    assert judged('where = "acc > 0.5"\nfor = 3', runs).outcome is Outcome.HOLDS


@pytest.mark.parametrize(
    ("written", "outcome"),
    [
        ("61 s", "holds"),
        ("1 min", "holds"),
        ("0.5 min", "does not hold"),
        ("0.1 h", "holds"),
        ("60", "holds"),
    ],
)
def test_budgets_convert_units(written: str, outcome: str) -> None:
    assert str(judged(f'budget = "duration"\nat_most = "{written}"', CLEAR).outcome) == outcome


def test_a_budget_in_a_unit_of_another_kind_is_a_fault() -> None:
    with pytest.raises(ConfigError, match="a unit of the same kind"):
        judged('budget = "duration"\nat_most = "2 GB"', CLEAR)
