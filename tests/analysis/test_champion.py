"""Champions: who is chosen of several configurations, on what, and who is not."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from analysis_runs import run
from hypothesis import given, settings
from hypothesis import strategies as st

from runfolio.analysis.champion import (
    Basis,
    ChampionRule,
    Choice,
    Tie,
    choose_champion,
    duration_of,
    middle_run,
)
from runfolio.analysis.estimate import estimate
from runfolio.analysis.group import GroupOptions, find_groups
from runfolio.model import Goal, MetricSpec, Run, RunStatus, Verdict

SPEC = MetricSpec("acc", label="accuracy", goal=Goal.MAXIMIZE)
RULE = ChampionRule("x")
START = datetime(2026, 11, 21, tzinfo=UTC)
CLEAR = {"tree": [0.90, 0.91, 0.92, 0.90, 0.91], "mlp": [0.70, 0.71, 0.72, 0.70, 0.71]}
TIED = {"tree": [0.90, 0.94, 0.92, 0.90, 0.95], "mlp": [0.91, 0.93, 0.92, 0.91, 0.93]}


def runs_of(values: Mapping[str, Sequence[float | str | None]]) -> dict[str, Run]:
    """Runs of models, one a value: None failed, a word is a status; each starts a minute after the one before."""
    found = []
    for model, numbers in values.items():
        for seed, value in enumerate(numbers):
            is_number = isinstance(value, float)
            found.append(
                run(
                    f"{model}-{seed}",
                    {"model": model, "seed": seed},
                    {"acc": value} if is_number else {},
                    status="finished" if is_number else value or "failed",
                    started_at=START + timedelta(minutes=len(found)),
                    duration_s=100.0 - len(found),
                )
            )
    return {item.run_id: item for item in found}


def chosen(
    values: Mapping[str, Sequence[Any]] | Mapping[str, Run],
    rule: ChampionRule = RULE,
    earlier: str = "",
    spec: MetricSpec = SPEC,
) -> Choice:
    runs = values if all(isinstance(item, Run) for item in values.values()) else runs_of(values)  # type: ignore[arg-type]
    groups = find_groups(tuple(runs.values()), GroupOptions()).groups  # type: ignore[arg-type]
    before = next((group for group in groups if group.label == earlier), None)
    assert bool(before) == bool(earlier)
    return choose_champion(rule, groups, runs, spec, duration_of, before)  # type: ignore[arg-type]


def label(choice: Choice) -> str:
    return choice.champion.group.label if choice.champion else ""


def test_who_is_clearly_best_is_champion_whoever_was_before() -> None:
    for earlier in ("", "tree", "mlp"):
        for rule in (RULE, replace(RULE, needs_support=True), replace(RULE, tie=Tie.CHEAPEST)):
            found = chosen(CLEAR, rule, earlier)
            assert (found.basis, label(found)) == (Basis.BEST, "tree")
            assert found.is_earlier == (earlier == "tree")
    assert found.runner_up is not None
    assert found.runner_up.result.group.label == "mlp"
    assert found.runner_up.lead.verdict is Verdict.BETTER


def test_a_metric_that_is_better_when_low() -> None:
    found = chosen(CLEAR, spec=replace(SPEC, goal=Goal.MINIMIZE))
    assert (found.basis, label(found)) == (Basis.BEST, "mlp")


def test_the_earlier_one_stays_among_the_tied() -> None:
    for earlier in ("tree", "mlp"):
        for rule in (RULE, replace(RULE, tie=Tie.MEAN), replace(RULE, needs_support=True)):
            found = chosen(TIED, rule, earlier)
            assert (found.basis, label(found), found.is_earlier) == (Basis.TIED, earlier, True)
            assert {item.group.label for item in found.tied} == {"tree", "mlp"}


@pytest.mark.parametrize(
    ("tie", "first"), [(Tie.EARLIEST, "mlp"), (Tie.CHEAPEST, "tree"), (Tie.MEAN, "tree")]
)
def test_a_tie_without_an_earlier_one_goes_by_its_rule(tie: Tie, first: str) -> None:
    # Later runs are shorter: what started last costs least.
    values = {"mlp": TIED["mlp"], "tree": [value + 0.0001 for value in TIED["tree"]]}
    found = chosen(values, replace(RULE, tie=tie))
    assert (found.basis, label(found), found.is_earlier) == (Basis.TIED, first, False)


def test_a_clear_win_is_needed_where_it_is_asked_for() -> None:
    found = chosen(TIED, replace(RULE, needs_support=True))
    assert (found.basis, found.champion) == (Basis.NONE, None)
    assert len(found.rivals) == 1, "seen from the one with the best mean"


def test_support_keeps_an_earlier_one_that_is_clearly_behind_two_that_are_tied() -> None:
    values = TIED | {"old": [0.50, 0.51, 0.52, 0.50, 0.51]}
    found = chosen(values, replace(RULE, needs_support=True), "old")
    assert (found.basis, label(found)) == (Basis.KEPT, "old")
    assert {rival.lead.verdict for rival in found.rivals} == {Verdict.WORSE}
    found = chosen(values, RULE, "old")
    assert (found.basis, label(found)) == (Basis.TIED, "tree"), "clearly behind, it makes room"


def test_a_wide_spread_is_no_claim_to_a_tie() -> None:
    """Not clearly behind is not close: the cheapest must not be one that has not shown anything."""
    wild = {"wild": [0.83, 0.89, 0.82, 0.25, 0.87]}
    found = chosen(TIED | wild, replace(RULE, tie=Tie.CHEAPEST))
    assert "wild" in {item.group.label for item in found.unclear}
    assert "wild" not in {item.group.label for item in found.tied}
    assert label(found) == "mlp"
    assert chosen(TIED | wild, RULE, "wild").basis is Basis.KEPT


def test_the_threshold_widens_what_is_close() -> None:
    values = {"a": [0.950, 0.952, 0.954, 0.951, 0.953], "b": [0.940, 0.970, 0.930, 0.945, 0.955]}
    assert len(chosen(values).tied) == 1
    assert len(chosen(values, spec=replace(SPEC, threshold=0.01)).tied) == 2


def test_a_lucky_seed_is_no_champion() -> None:
    found = chosen(TIED | {"lucky": [0.99]})
    assert label(found) in TIED
    assert [item.group.label for item in found.short] == ["lucky"]
    assert found.basis is not Basis.BEST
    assert found.runner_up is not None and found.runner_up.result.group.label in TIED


def test_single_runs_have_a_leader_and_no_winner() -> None:
    values = {"a": [0.9], "b": [0.8], "c": [0.7]}
    found = chosen(values, RULE, "b")
    assert (found.basis, label(found)) == (Basis.LEADS, "a")
    assert {rival.lead.verdict for rival in found.rivals} == {Verdict.TOO_FEW_RUNS}
    assert chosen(values, replace(RULE, needs_support=True)).champion is None
    assert label(chosen({"a": [0.9], "b": [0.9]}, RULE, "b")) == "b", "equal values are a tie"


def test_min_runs() -> None:
    values = TIED | {"three": [0.96, 0.97, 0.98]}
    assert label(chosen(values)) == "three"
    found = chosen(values, replace(RULE, min_runs=5))
    assert label(found) in TIED
    assert chosen(values, replace(RULE, min_runs=6)).basis is Basis.NONE


def test_runs_that_are_missing_keep_a_configuration_out() -> None:
    found = chosen(CLEAR | {"tree": [*CLEAR["tree"], None]})
    assert label(found) == "mlp"
    assert found.basis is Basis.LEADS, "nobody can say that it is best"
    assert [text for _, text in found.lost] == ["1 of 6 runs failed"]
    assert chosen({"a": [None, None], "b": [None]}).basis is Basis.NONE


def test_an_earlier_champion_stays_where_a_further_run_failed() -> None:
    """It cannot be compared any more, and nothing shows that another is better."""
    values = TIED | {"tree": [*TIED["tree"], None]}
    found = chosen(values, RULE, "tree")
    assert (found.basis, label(found), found.is_running) == (Basis.KEPT, "tree", False)
    assert label(chosen(values, RULE)) == "mlp"
    better = {"new": [0.97, 0.98, 0.99, 0.97, 0.98]}
    assert label(chosen(values | better, RULE, "tree")) == "new", "a clear win takes its place"
    assert label(chosen(TIED | {"tree": [None] * 5}, RULE, "tree")) == "mlp", "without any value it is gone"


def test_an_earlier_champion_stays_while_its_runs_go_on() -> None:
    values = CLEAR | {"tree": [*CLEAR["tree"], "running"]}
    found = chosen(values, RULE, "tree")
    assert (found.basis, label(found), found.is_running) == (Basis.KEPT, "tree", True)
    assert label(chosen(values, RULE)) == "mlp"
    better = {"new": [0.97, 0.98, 0.99, 0.97, 0.98]}
    assert label(chosen(values | better, RULE, "tree")) == "new", "a clear win does not wait"


def test_the_only_one() -> None:
    for rule in (RULE, replace(RULE, needs_support=True)):
        assert chosen({"a": [0.9, 0.8]}, rule).basis is Basis.ONLY


def test_without_a_direction_there_is_none() -> None:
    assert chosen(CLEAR, spec=replace(SPEC, goal=Goal.NONE)).basis is Basis.NONE


_VALUE = st.one_of(st.floats(0.125, 1, width=32), st.none(), st.just("running"))
_VALUES = st.dictionaries(
    st.sampled_from("abcd"), st.lists(_VALUE, min_size=1, max_size=5), min_size=1, max_size=4
)


@settings(max_examples=300, deadline=None)
@given(_VALUES, st.sampled_from(list(Tie)), st.booleans(), st.sampled_from(["", *"abcd"]))
def test_what_always_holds(values: dict[str, Any], tie: Tie, support: bool, earlier: str) -> None:
    rule = replace(RULE, tie=tie, needs_support=support)
    earlier = earlier if earlier in values and len(values) > 1 else ""
    found = chosen(values, rule, earlier)
    assert (found.champion is None) == (found.basis is Basis.NONE)
    if found.champion is None:
        return
    assert found.champion.estimate.n
    assert all(rival.result.group != found.champion.group for rival in found.rivals)
    if found.basis is Basis.BEST:
        assert found.runner_up and all(
            rival.lead.verdict in (Verdict.BETTER, Verdict.NOT_JUDGED) for rival in found.rivals
        )
    elif not found.is_earlier:
        assert not (support and len(found.rivals))
        assert not found.champion.estimate.failed
        assert not any(
            rival.lead.verdict is Verdict.WORSE for rival in found.rivals if rival.result in found.tied
        )
    again = chosen(values, rule, label(found) if len(values) > 1 else "")
    assert label(again) == label(found), "chosen again, it stays"


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=9), st.sampled_from([Goal.MAXIMIZE, Goal.MINIMIZE])
)
def test_the_run_that_is_used_is_a_median(values: list[float], goal: Goal) -> None:
    names = [f"r{place}" for place in range(len(values))]
    name = middle_run(estimate(values, names), replace(SPEC, goal=goal))
    value = values[names.index(name)]
    better = sum((other - value) * goal.sign > 0 for other in values)
    worse = sum((other - value) * goal.sign < 0 for other in values)
    half = len(values) / 2
    assert better <= half and worse <= half
    assert worse < half or len(values) == 1 or values.count(value) > 1, "of two in the middle the worse"


def test_the_order_of_runs_does_not_matter() -> None:
    names = set()
    for order in permutations(TIED):
        found = chosen({name: TIED[name] for name in order}, replace(RULE, tie=Tie.MEAN))
        names.add(label(found))
    assert len(names) == 1


def test_costs_that_are_not_known_come_last() -> None:
    runs = runs_of(TIED)
    runs = {key: replace(item, duration_s=None) if key == "mlp-0" else item for key, item in runs.items()}
    assert label(chosen(runs, replace(RULE, tie=Tie.CHEAPEST))) == "tree"
    runs = {key: replace(item, duration_s=None, started_at=None) for key, item in runs.items()}
    assert label(chosen(runs, replace(RULE, tie=Tie.CHEAPEST))) == label(
        chosen(runs, replace(RULE, tie=Tie.MEAN))
    )
    assert math.isnan(duration_of(next(iter(runs.values()))))
    assert RunStatus.FINISHED is next(iter(runs.values())).status
