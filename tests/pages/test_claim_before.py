"""Configurations against themselves as they were: in an earlier site by its data files, or in the build before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from built import START, make_run, replicates
from claimed import claim_of, judged
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from runfolio.analysis.builds import HistoryOptions
from runfolio.analysis.claim import Outcome
from runfolio.analysis.metrics import MetricOptions
from runfolio.errors import ConfigError
from runfolio.model import Reduction, Run
from runfolio.pages.build_record import build_record
from runfolio.pages.data_files import as_json, runs_json
from runfolio.pages.earlier import Earlier
from runfolio.pages.headline import Headlines
from runfolio.pages.options import SiteOptions
from runfolio.pages.study import studies

OLD = {"tree": [0.90, 0.91, 0.92, 0.90, 0.91], "mlp": [0.70, 0.71, 0.72, 0.70, 0.71]}
NOT_WORSE = 'is = "not worse"\nagainst = "earlier site"\nby = 0.02\n'
TREE = "group = \"model == 'tree'\"\n"


def anew(values: dict[str, list[Any]]) -> list[Run]:
    """Runs of the same configurations under other ids."""
    return [replace(run, run_id=f"new-{run.run_id}") for run in replicates(values)]


def site_of(runs: Sequence[Run], files: Callable[[str], bytes | None] | None = None) -> Earlier:
    found, _ = studies(runs, SiteOptions())
    read = {"data/runs.json": runs_json(runs)}.get
    return Earlier(files or read, build_record(found, "t", Headlines()))


def test_new_runs_are_compared_with_those_of_the_earlier_site() -> None:
    same = {"tree": [0.905, 0.912, 0.921, 0.9, 0.911], "mlp": [0.701, 0.711, 0.72, 0.7, 0.712]}
    found = judged(NOT_WORSE, anew(same), earlier=site_of(replicates(OLD)))
    assert found.outcome is Outcome.HOLDS
    assert found.sentence == "No configuration is worse than in the earlier site on acc by more than 0.02"
    assert all(run_id.startswith("new-") for run_id in found.run_ids)
    worse = judged(
        NOT_WORSE, anew({**same, "mlp": [0.6, 0.61, 0.62, 0.6, 0.61]}), earlier=site_of(replicates(OLD))
    )
    assert worse.outcome is Outcome.DOES_NOT_HOLD
    assert worse.reason.startswith("mlp: worse by 0.10")


def test_the_interval_is_welchs_of_both_sites_values() -> None:
    new = [0.93, 0.95, 0.94, 0.96, 0.95]
    text = 'is = "better"\nagainst = "earlier site"\n' + TREE
    found = judged(text, anew({"tree": new, "mlp": OLD["mlp"]}), earlier=site_of(replicates(OLD)))
    interval = stats.ttest_ind(new, OLD["tree"], equal_var=False).confidence_interval(0.95)
    assert found.delta is not None
    assert (found.delta.low, found.delta.high) == pytest.approx((interval.low, interval.high))
    assert (found.outcome, found.counts) == (Outcome.HOLDS, (5, 5))
    assert found.sentence == "tree is better than in the earlier site on acc"


def test_runs_that_both_have_say_nothing_and_are_counted_out() -> None:
    runs = replicates(OLD)
    same = judged(NOT_WORSE, runs, earlier=site_of(runs))
    assert (same.outcome, same.run_ids) == (Outcome.HOLDS, ())
    assert "nothing is new since then; 2 configurations with the same runs as there" in same.reason
    better = judged('is = "better"\nagainst = "earlier site"\n' + TREE, runs, earlier=site_of(runs))
    assert better.outcome is Outcome.UNDECIDED
    more = [*runs, *anew({"tree": [0.5, 0.51, 0.52]})]
    found = judged('is = "not worse"\nagainst = "earlier site"\n' + TREE, more, earlier=site_of(runs))
    assert (found.outcome, found.counts) == (Outcome.DOES_NOT_HOLD, (3, 5))


def test_a_configuration_that_is_new_is_counted_and_not_compared() -> None:
    now = [*anew(OLD), *anew({"svm": [0.1, 0.2, 0.1]})]
    found = judged(NOT_WORSE, now, earlier=site_of(replicates(OLD)))
    assert found.outcome is Outcome.HOLDS
    assert "1 configuration not there before" in found.reason


@pytest.mark.parametrize(
    ("earlier", "says"),
    [
        (Earlier(), "no earlier site is known: name one with --against"),
        (site_of(replicates(OLD), lambda _: None), "the earlier site has no data/runs.json"),
        (site_of(replicates(OLD), lambda _: b"<!doctype html>"), "does not hold what is needed"),
        (site_of(replicates(OLD), lambda _: b'{"parts": ["runs-1.json"], "runs": 1}'[:40]), "does not hold what is needed"),
        (site_of(replicates(OLD), lambda _: runs_json(replicates(OLD)).replace(b"mean_of_tail", b"x")), "build that site with this version"),
        (site_of(replicates(OLD), lambda _: runs_json(replicates(OLD)).replace(b'"last":0.9', b'"last":"?"')), "does not hold what is needed"),
        (site_of(replicates(OLD, experiment="other")), "the earlier site has no run of `study`"),
        (site_of(replicates({"svm": [0.1, 0.2, 0.3]})), "in the earlier site no run of `study` matches"),
    ],
)  # fmt: skip
def test_what_the_earlier_site_does_not_carry_is_told(earlier: Earlier, says: str) -> None:
    found = judged(NOT_WORSE + TREE, anew(OLD), earlier=earlier)
    assert found.outcome is Outcome.UNDECIDED
    assert says in found.reason


def test_a_data_file_cannot_lead_out_of_its_site() -> None:
    asked = []

    def read(path: str) -> bytes | None:
        asked.append(path)
        names = ["../../secret.json", "/etc/passwd", "runs-1.json"]
        return as_json({"parts": names, "runs": 3}) if path == "data/runs.json" else b"[]"

    assert site_of([], read).runs == {}
    assert asked == ["data/runs.json", "data/runs-1.json"]


def test_runs_in_several_files_are_read_like_those_in_one() -> None:
    runs = replicates(OLD)
    files = {
        "data/runs.json": as_json({"parts": ["runs-1.json", "runs-2.json"], "runs": len(runs)}),
        "data/runs-1.json": runs_json(runs[:3]),
        "data/runs-2.json": runs_json(runs[3:]),
    }
    now = anew({"tree": [0.8, 0.81, 0.82], "mlp": [0.7, 0.71, 0.72]})
    whole, parts = site_of(runs), site_of(runs, files.get)
    assert repr(judged(NOT_WORSE, now, earlier=parts)) == repr(judged(NOT_WORSE, now, earlier=whole))


_VALUES = st.lists(
    st.one_of(st.floats(0.125, 1, width=32), st.just(float("nan")), st.none()), min_size=1, max_size=5
)


@settings(max_examples=60, deadline=None)
@given(_VALUES, st.sampled_from(list(Reduction)))
def test_a_run_that_was_read_back_counts_as_it_did(values: list[float | None], reduction: Reduction) -> None:
    """The outcome of a run, its value and its divergence: the data file has all that they are judged by."""
    runs = [
        make_run(
            f"tree-{seed}",
            {} if value is None else {"acc": [0.5, value], "loss": [1.0, 0.001, 0.02]},
            parameters={"model": "tree", "seed": seed, "rate": 1e-3, "deep": True, "note": None},
            status="failed" if value is None else "finished",
        )
        for seed, value in enumerate(values)
    ]
    back = site_of(runs).runs["study"]
    for old, new in zip(runs, back, strict=True):
        assert (old.status, old.parameters, old.tags, old.group) == (
            new.status,
            new.parameters,
            new.tags,
            new.group,
        )
        assert repr(
            {n: replace(s, last_step=None, last_time=None, mean=0) for n, s in old.metrics.items()}
        ) == repr({n: replace(s, last_step=None, last_time=None, mean=0) for n, s in new.metrics.items()})
    text = 'is = "equivalent"\nby = 0.1\nmetric = "acc"\nagainst = "earlier site"\nopen = true\n' + TREE
    options = {"metrics": {"acc": MetricOptions(reduction=reduction)}}
    moved = [replace(run, run_id=f"new-{run.run_id}") for run in runs]
    found = judged(text, moved, earlier=site_of(runs), **options)
    assert found.delta is None or found.delta.absolute == 0 or found.delta.absolute != found.delta.absolute


def over_builds(*levels: float, model: str = "mlp") -> list[Run]:
    return [
        make_run(
            f"{model}-{at}-{seed}",
            {"acc": level + 0.001 * seed},
            parameters={"model": model, "build": at, "seed": seed},
            started_at=START + timedelta(hours=at),
        )
        for at, level in enumerate(levels, 1)
        for seed in range(5)
    ]


BY = {"history": HistoryOptions(by="build")}
PREVIOUS = 'is = "not worse"\nagainst = "previous build"\nby = 0.01\n'


def test_the_latest_build_is_compared_with_the_one_before() -> None:
    runs = [*over_builds(0.5, 0.9, 0.8), *over_builds(0.5, 0.9, 0.9, model="tree")]
    found = judged(PREVIOUS, runs, **BY)
    assert found.outcome is Outcome.DOES_NOT_HOLD
    assert found.sentence == "No configuration is worse than in the build before on acc by more than 0.01"
    assert found.reason.startswith("build 3 against build 2: mlp in build 3: worse by 0.100")
    tree = judged(PREVIOUS + TREE, runs, **BY)
    assert (tree.outcome, tree.counts) == (Outcome.HOLDS, (5, 5))
    assert tree.sentence == "tree is not worse than in the build before on acc by more than 0.01"


def test_without_a_build_before_nothing_is_decided() -> None:
    runs = [*over_builds(0.5), *over_builds(0.5, 0.6, model="tree")]
    one = judged(PREVIOUS + "group = \"model == 'mlp'\"", runs, **BY)
    assert (one.outcome, one.reason) == (Outcome.UNDECIDED, "it was measured in one build only")
    all_ = judged(PREVIOUS, runs, **BY)
    assert all_.outcome is Outcome.HOLDS and "1 configuration not there before" in all_.reason
    none = judged(PREVIOUS, replicates(OLD))
    assert none.outcome is Outcome.UNDECIDED and "belong to no builds" in none.reason


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (NOT_WORSE + 'than = "lr == 1"', "`against` cannot stand beside `than`"),
        ('is = "better"\nagainst = "erlier site"\n' + TREE, "nearest: `earlier site`"),
        ('is = "best"\nagainst = "earlier site"\n' + TREE, "unknown key `against`"),
        ('is = "better"\ngate = "flop"\n' + TREE, '"flip" for a gate'),
    ],
)
def test_faults_name_their_key(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as found:
        claim_of(text)
    assert message in str(found.value)
