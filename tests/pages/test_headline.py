"""No sentence claims more than the numbers support: looked for in sentences and in whole sites."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import pytest
from built import files_of, make_run, pages_of, plan, renderer, replicates, study_of
from hypothesis import given, settings
from hypothesis import strategies as st

from runfolio.analysis.metrics import MetricOptions
from runfolio.model import Goal, Verdict
from runfolio.pages.headline import experiment_headline
from runfolio.pages.study import Study
from runfolio.pages.words import value_text

CLEAR = {"tree": [0.90, 0.91, 0.92, 0.90, 0.91], "mlp": [0.70, 0.71, 0.72, 0.70, 0.71]}
TIE = {"tree": [0.90, 0.86, 0.94, 0.88, 0.92], "mlp": [0.89, 0.93, 0.85, 0.91, 0.87]}
CASES: Mapping[str, Mapping[str, Sequence[float | None]]] = {
    "clear": CLEAR,
    "tie": TIE,
    "three": {**CLEAR, "svm": [0.5, 0.51, 0.49, 0.5, 0.52]},
    "single": {"tree": [0.9], "mlp": [0.5]},
    "two": {"tree": [0.9, 0.9001], "mlp": [0.1, 0.1001]},
    "one group": {"tree": [0.9, 0.91, 0.92]},
    "all failed": {"tree": [None, None], "mlp": [None]},
    "one survivor": {"tree": [0.9, None, None], "mlp": [None, None, None]},
    "rival incomplete": {"tree": [0.8, 0.81, 0.82], "mlp": [0.95, 0.96, None]},
    "incomplete and third": {
        "tree": [0.8, 0.81, 0.82],
        "mlp": [0.95, 0.96, 0.1, None],
        "svm": [0.1, 0.11, 0.12],
    },
    "no complete group": {"tree": [0.8, None], "mlp": [0.9, None]},
    "diverged": {"tree": [0.8, 0.81, 0.82], "mlp": [math.nan, math.inf, 0.5]},
    "copies": {"tree": [0.9, 0.9, 0.9], "mlp": [0.8, 0.8, 0.8]},
    "single and many": {"tree": [0.99], "mlp": [0.5, 0.51, 0.52, 0.53]},
    "wide": {"tree": [1e9, 1.1e9, 1.2e9], "mlp": [1e-9, 2e-9, 3e-9]},
}
NUMBER = re.compile(r"[+\u2212]?\d[\d.]*(?:e-?\d+)?")


def wins(text: str) -> bool:
    return re.search(r"\bbeats\b|\bis best\b|\bwins\b|\bwinner\b", text) is not None


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("clear", "tree beats mlp by 0.200"),
        ("tie", "tree leads at 0.90, but is not clearly ahead of mlp"),
        ("three", "tree is best at 0.908, 0.200 ahead of mlp"),
        ("single", "tree is highest at 0.9000; one run each, so this may be noise"),
        ("one group", "acc 0.910 over 3 runs"),
        ("all failed", "3 of 3 runs failed; no result yet"),
        ("rival incomplete", "Of 2 configurations only tree is complete; it reaches 0.810"),
    ],
)
def test_headlines_read_as_the_design_says(case: str, expected: str) -> None:
    found = experiment_headline(study_of(replicates(CASES[case]))).title
    assert found == expected


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("goal", Goal)
def test_a_win_is_claimed_only_where_the_leader_alone_may_be_first(case: str, goal: Goal) -> None:
    study = study_of(replicates(CASES[case]), metrics={"acc": MetricOptions(goal=goal)})
    check_claims(study)


numbers = st.floats(0.01, 1.0, allow_nan=False) | st.sampled_from([0.5, 0.5000001, 0.9, math.nan])
groups = st.lists(st.none() | numbers, min_size=1, max_size=5)


@settings(max_examples=120, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["tree", "mlp", "svm", "net"]), groups, min_size=1), st.sampled_from(Goal)
)
def test_no_numbers_make_a_headline_claim_too_much(
    values: Mapping[str, list[float | None]], goal: Goal
) -> None:
    check_claims(study_of(replicates(values), metrics={"acc": MetricOptions(goal=goal)}))


def check_claims(study: Study) -> None:
    found = experiment_headline(study)
    assert found.title
    assert not re.search(r"\bnan\b|\binf\b|None|significant|trending|no difference", found.title + found.lead)
    if not wins(found.title + found.lead):
        return
    comparison = study.comparison
    assert comparison is not None
    assert comparison.leader_is_best
    assert comparison.spec.goal is not Goal.NONE
    assert comparison.leader is not None and comparison.leader.estimate.n >= 3
    assert comparison.runner_up is not None and comparison.runner_up.estimate.n >= 3
    assert comparison.lead is not None and comparison.lead.verdict.is_clear
    for result in comparison.results:
        if not result.rank_low and result.estimate.n:  # an incomplete rival
            gap = (comparison.leader.estimate.value - result.estimate.value) * comparison.spec.goal.sign
            assert gap >= 0


@pytest.mark.parametrize("case", [name for name in CASES if name != "wide"])
def test_numbers_of_the_headline_stand_in_the_table(case: str) -> None:
    study = study_of(replicates(CASES[case]), metrics={"acc": MetricOptions(unit="%", scale=100.0)})
    comparison, found = study.comparison, experiment_headline(study)
    if comparison is None or not any(item.estimate.n for item in comparison.results):
        return
    page = pages_of(plan(study.runs, metrics=study.site.metrics))[study.path]
    table = page[page.index('id="configurations"') : page.index('id="runs"')]
    shown = {text.lstrip("+\u2212") for text in NUMBER.findall(re.sub(r"<[^>]*>", " ", table))}
    gap = comparison.lead.absolute if comparison.lead else 0.0
    words = found.title + " " + found.lead.partition("To show")[0]
    for text in NUMBER.findall(words.replace("95% interval", "")):
        size = text.lstrip("+\u2212").rstrip(".")
        decimals = len(size.partition(".")[2])
        is_count = size.isdigit() and int(size) <= len(study.runs)
        assert (
            size in shown
            or is_count
            or float(size) == pytest.approx(abs(gap) * 100, abs=0.51 * 10**-decimals)
        )


@pytest.mark.parametrize("case", CASES)
def test_a_site_never_calls_best_what_is_not_alone_in_first_place(case: str) -> None:
    site = plan(replicates(CASES[case]))
    comparison = study_of(replicates(CASES[case])).comparison
    may = comparison is not None and comparison.leader_is_best and comparison.runner_up is not None
    for path, page in pages_of(site).items():
        if path in ("audit.html", "methods.html"):  # explain the words
            continue
        assert may or not wins(page), path
        assert may or '<span class="hidden-text">best</span>' not in page, path
        assert 'is-best" data-value' not in page or may or path.startswith("experiments/"), path


def visible(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", re.sub(r"<script.*?</script>", " ", page, flags=re.S)))


def test_two_runs_get_no_interval_no_verdict_and_no_band() -> None:
    pages = pages_of(plan(replicates(CASES["two"])))
    text = visible(pages["experiments/study.html"])
    assert "±" not in text
    assert "too few runs" in text
    assert not re.search(r"\bbetter\b|\bworse\b", text.replace("best first", ""))
    assert "interval of the mean" not in text


def test_one_run_is_never_compared_in_words() -> None:
    text = visible(pages_of(plan(replicates(CASES["single"])))["experiments/study.html"])
    assert "one run each, so this may be noise" in text
    assert not re.search(r"\bbetter\b|\bworse\b|±", text)


def test_an_unclear_difference_is_never_called_none() -> None:
    for path, page in pages_of(plan(replicates(TIE))).items():
        text = visible(page).lower() if path != "methods.html" else ""  # explains the words
        assert not re.search(r"\bno (?:significant )?difference\b|\bequal\b|\bidentical\b", text)
    assert "no clear difference" in visible(pages_of(plan(replicates(TIE)))["experiments/study.html"])


def test_survivors_are_counted_wherever_their_mean_is_shown() -> None:
    site = plan(replicates(CASES["rival incomplete"]))
    pages = pages_of(site)
    for path in ("index.html", "experiments/study.html"):
        text = visible(pages[path])
        assert "0.955" in text
        assert "2/3" in text, path
    assert "not judged" in visible(pages["experiments/study.html"])
    assert re.search(r"1 of 3 runs of mlp failed\.", visible(pages["index.html"]))


def test_a_baseline_that_lost_runs_is_not_what_the_leader_is_measured_by() -> None:
    runs = replicates({"base": [0.7, 0.71, 0.72, None], "tree": [0.8, 0.81, 0.82], "svm": [0.5, 0.51, 0.52]})
    study = study_of(runs, baseline='model == "base"')
    assert study.baseline is not None and study.baseline.label == "base"
    assert (
        "not judged against the baseline (base): base: 1 of 4 runs failed" in experiment_headline(study).lead
    )


def test_no_relative_change_where_the_baseline_may_be_zero() -> None:
    runs = replicates({"base": [0.1, -0.1, 0.0], "tree": [0.8, 0.81, 0.82]}, metric="reward")
    comparison = study_of(runs).comparison
    assert comparison is not None
    assert all(item.delta is None or item.delta.relative is None for item in comparison.results)


def test_a_p_value_is_never_printed_as_zero() -> None:
    for page in pages_of(plan(replicates(CLEAR))).values():
        assert not re.search(r"\bp\s*[=<]\s*0(?:\.0+)?\b(?!\.?\d)", visible(page))


def test_no_direction_no_verdict_of_better() -> None:
    runs = replicates(CLEAR, metric="entropy")
    study = study_of(runs)
    assert study.primary is not None and study.primary.goal is Goal.NONE
    assert experiment_headline(study).title == "tree has the highest entropy, 0.908"
    page = visible(pages_of(plan(runs))["experiments/study.html"])
    assert not re.search(r"\bbetter\b(?! is not known)|\bworse\b|\bbest\b(?!, else| first)|Best mean", page)
    assert "lower" in page


def test_nothing_comes_from_smoothed_curves() -> None:
    """The value of a run is its last one, whatever its curve did before."""
    runs = [make_run(f"a-{i}", {"acc": [0.9, 0.1, 0.5 + i / 100]}, parameters={"seed": i}) for i in range(3)]
    assert "0.510 over 3 runs" in experiment_headline(study_of(runs)).title


def test_without_metrics_the_headline_says_so() -> None:
    assert (
        experiment_headline(study_of([make_run("a"), make_run("b")])).title == "2 runs; no metric was logged"
    )


def test_running_runs_are_no_failures() -> None:
    study = study_of([make_run("a", {"acc": 0.5}, status="running")])
    assert experiment_headline(study).title == "1 run; no result yet"


def test_data_files_say_what_the_page_says() -> None:
    site = plan(replicates(CLEAR))
    record = files_of(site)["data/site.json"].decode()
    assert "tree beats mlp by 0.200" in record
    assert "tree beats mlp by 0.200" in pages_of(site)["experiments/study.html"]
    assert renderer().fingerprint
    assert Verdict.BETTER == "better"


def test_equal_single_runs_share_the_first_place() -> None:
    study = study_of(replicates({"tree": [0.9], "mlp": [0.9], "svm": [0.5]}))
    assert (
        experiment_headline(study).title
        == "tree and mlp are highest at 0.9000; one run each, so this may be noise"
    )


@pytest.mark.parametrize("case", CASES)
def test_headline_key_number_and_overview_speak_of_one_configuration(case: str) -> None:
    runs = replicates(CASES[case])
    study, pages = study_of(runs), pages_of(plan(runs))
    first = study.first
    if first is None:
        return
    text = value_text(first_spec := study.specs["acc"], first.estimate.value, study.digits[first_spec.name])
    assert f"<dd>{text}" in pages["experiments/study.html"]
    assert f"<b>{text}</b>" in pages["index.html"]
