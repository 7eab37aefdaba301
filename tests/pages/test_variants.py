"""Live variants: what their table and the headline say, and when they say nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from built import make_run, pages_of, plan, study_of
from claimed import claim_of

from runfolio.analysis.group import GroupOptions
from runfolio.analysis.proportion import Count
from runfolio.analysis.variant_counts import Logged, ProportionOptions, count_of_run, uneven_p
from runfolio.findings.fault import UnansweredError
from runfolio.model import Goal, Run
from runfolio.pages.claim_ground import Ground
from runfolio.pages.claims import ClaimResult, judge_claim
from runfolio.pages.headline import experiment_headline
from runfolio.pages.live_values import LiveValues
from runfolio.pages.lookup import Lookup
from runfolio.pages.options import SiteOptions
from runfolio.pages.study import Study, studies
from runfolio.pages.variants import VariantTable, variant_table


def variant(label: str, won: Any, seen: Any, **changes: Any) -> Run:
    run_id = changes.pop("run_id", label)
    return make_run(run_id, {"won": won, "seen": seen}, parameters={"page": label, "day": run_id}, **changes)


def study(*runs: Run, **options: Any) -> Study:
    rate = ProportionOptions(
        "signup", "won", "seen", **{"label": "Sign-ups", "goal": Goal.MAXIMIZE, **options}
    )
    return study_of(runs, proportions={"signup": rate}, groups=GroupOptions(by=("page",)))


def table(found: Study) -> VariantTable:
    return variant_table(found.rates[0], "rate")


def test_a_clear_variant_is_called_better_with_its_size_and_the_interval_that_may_be_watched() -> None:
    found = study(variant("old", 800, 10_000), variant("new", 1_050, 10_000))
    head = experiment_headline(found)
    assert head.title == "Sign-ups: new is better than old by 2.5 points"
    assert "holds however often the counts are looked at" in head.lead
    old, new = table(found).rows
    assert (old.is_baseline, old.verdict, old.rate) == (True, "", "8.0")
    assert (new.verdict, new.tone, new.difference, new.successes) == ("better", "better", "+2.5", "1,050")
    assert new.once == "+1.7 to +3.3" and new.watched.startswith("+1.")


def test_what_one_look_would_call_clear_is_not_called_so() -> None:
    found = study(variant("old", 800, 10_000), variant("new", 885, 10_000))
    _, new = table(found).rows
    assert new.once.startswith("+0.1") and new.watched.startswith("−")
    assert new.verdict == "no clear difference"
    assert experiment_headline(found).title == "Sign-ups: new is not clearly apart from old"


def test_a_mismatched_split_is_judged_by_nobody() -> None:
    found = study(variant("old", 800, 10_000), variant("new", 1_050, 9_400))
    shown = table(found)
    assert shown.has_mismatch and "were not: old 10,000, new 9,400 (p < 0.001)" in shown.split
    assert shown.rows[1].verdict == "not judged"
    assert "no variant is judged" in experiment_headline(found).title


def test_the_split_may_be_planned_to_be_uneven() -> None:
    runs = variant("old", 720, 9_000), variant("new", 105, 1_000)
    assert table(study(*runs)).has_mismatch
    planned = table(study(*runs, shares={"old": 9.0, "new": 1.0}))
    assert not planned.has_mismatch and "by the configured shares" in planned.split
    assert "configured for neww, which is no variant" in table(study(*runs, shares={"neww": 9.0})).remarks[-1]


def test_without_direction_the_words_are_higher_and_lower() -> None:
    found = study(variant("old", 1_050, 10_000), variant("new", 800, 10_000), goal=Goal.NONE)
    assert table(found).rows[1].verdict == "lower" and table(found).rows[1].tone == ""
    worse = study(variant("old", 800, 10_000), variant("new", 1_050, 10_000), goal=Goal.MINIMIZE)
    assert table(worse).rows[1].verdict == "worse"


def test_equivalent_within_a_threshold() -> None:
    found = study(variant("old", 50_000, 1_000_000), variant("new", 50_010, 1_000_000), threshold=0.005)
    assert table(found).rows[1].verdict == "equivalent"
    assert "within ±0.50 points" in table(found).rows[1].reason


def test_few_counts_are_not_judged() -> None:
    found = study(variant("old", 3, 100), variant("new", 9, 100))
    assert table(found).rows[1].verdict == "not judged"
    assert experiment_headline(found).title == "Sign-ups: nothing can be said yet"
    assert "fewer than 10 successes or failures" in experiment_headline(found).lead


def test_runs_of_a_variant_add_up_and_uneven_ones_are_remarked() -> None:
    days = [variant("old", 80 + 60 * (i % 2), 1_000, run_id=f"old-{i}") for i in range(6)]
    other = [variant("new", 110, 1_000, run_id=f"new-{i}", status="running") for i in range(6)]
    shown = table(study(*days, *other))
    assert [row.trials for row in shown.rows] == ["6,000", "6,000"]
    assert "The 6 runs of old have rates that differ by more than chance" in shown.remarks[0]
    assert shown.remarks[1] == "6 runs are still counting"


def test_several_variants_share_the_error() -> None:
    two = study(variant("old", 800, 10_000), variant("new", 960, 10_000))
    many = study(
        variant("old", 800, 10_000),
        variant("new", 960, 10_000),
        *(variant(f"x{i}", 800, 10_000) for i in range(5)),
    )
    ours = [r.rates[0].variants[1].watched or (0, 0) for r in (two, many)]
    assert ours[1][0] < ours[0][0] < ours[0][1] < ours[1][1]
    assert "for all 6 comparisons together" in table(many).caption
    clear = study(variant("old", 500, 10_000), variant("new", 960, 10_000), variant("third", 900, 10_000))
    assert experiment_headline(clear).title == "Sign-ups: 2 of 2 variants differ from old"


def test_increments_are_added_up() -> None:
    options = ProportionOptions("x", "won", "seen", logged=Logged.INCREMENTS)
    run = variant("old", [3.0, 4.0, 5.0], [30.0, 40.0, 50.0])
    assert count_of_run(run, options) == (Count(12, 120), "")
    assert count_of_run(run, ProportionOptions("x", "won", "seen")) == (Count(5, 50), "")


@pytest.mark.parametrize(
    ("won", "seen", "words"),
    [
        (0.5, 10, "won is no whole number of things"),
        (-1, 10, "won is no whole number"),
        (3, float("nan"), "seen is no whole number"),
        (11, 10, "more won than seen"),
    ],
)
def test_counts_that_are_none_are_told(won: float, seen: float, words: str) -> None:
    found = study(variant("old", 800, 10_000), variant("new", won, seen))
    row = table(found).rows[1]
    assert words in row.reason and row.verdict == "not judged" and row.rate == "–"
    turned = study(variant("old", won, seen), variant("new", 800, 10_000))
    assert words in table(turned).rows[1].reason


def test_a_rate_beside_another_primary_metric_leaves_the_headline_alone() -> None:
    runs = [
        make_run(f"{m}-{i}", {"acc": v, "won": 10, "seen": 100}, parameters={"model": m, "seed": i})
        for m, v in (("a", 0.5), ("b", 0.9))
        for i in range(3)
    ]
    found = study_of(runs, primary="acc", proportions={"r": ProportionOptions("r", "won", "seen")})
    assert found.rate is None and len(found.rates) == 1
    assert "Sign-ups" not in experiment_headline(found).title


def test_a_rate_that_no_run_logs_is_a_problem() -> None:
    _, problems = studies(
        [variant("old", 1, 2)], SiteOptions(proportions={"r": ProportionOptions("r", "won", "sene")})
    )
    assert [(p.slug, "nearest: `seen`" in p.message) for p in problems] == [("unknown-proportion", True)]


def test_one_variant_alone_is_a_rate() -> None:
    found = study(variant("old", 800, 10_000))
    assert experiment_headline(found).title == "Sign-ups is 8.0% of 10,000 trials"
    assert table(found).baseline_label == ""
    assert experiment_headline(study(variant("old", 0, 0))).title == "Sign-ups: no counts yet"
    assert experiment_headline(study(variant("old", 5, 1))).title == "Sign-ups: no counts yet"


def test_uneven_needs_two_runs_of_some_size() -> None:
    assert uneven_p([Count(5, 10)]) is None
    assert uneven_p([Count(1, 10), Count(0, 10)]) is None
    assert uneven_p([Count(50, 100), Count(50, 100)]) == 1


def test_the_overview_shows_the_rates_and_speaks_of_the_clear_variant_first() -> None:
    runs = [variant("old", 800, 10_000), variant("dull", 801, 10_000), variant("new", 1_050, 10_000)]
    rate = ProportionOptions("signup", "won", "seen", label="Sign-ups", goal=Goal.MAXIMIZE)
    options = {"proportions": {"signup": rate}, "groups": GroupOptions(by=("page",))}
    text = pages_of(plan(runs, **options))["index.html"]
    assert 'class="table variants"' in text and "1,050" in text
    lead = experiment_headline(study_of(runs, **options)).lead
    assert lead.startswith("new: better") and "dull: " in lead


def judged_of(found: Study, text: str) -> ClaimResult:
    return judge_claim(claim_of(text), Ground((found,)))


CLAIMS = study(variant("old", 800, 10_000), variant("new", 1_050, 10_000), variant("more", 830, 10_000))


@pytest.mark.parametrize("metric", ["signup", "won", "seen", ""])
@pytest.mark.parametrize(
    ("claim", "outcome"),
    [
        ('is = "better"\ngroup = "page == \'new\'"\nby = 0.01', "holds"),
        ('is = "better"\ngroup = "page == \'new\'"\nby = 0.05', "does not hold"),
        ('is = "worse"\ngroup = "page == \'new\'"', "does not hold"),
        ('is = "better"\ngroup = "page == \'new\'"\nthan = "page == \'more\'"', "holds"),
        ('is = "better"\ngroup = "page == \'more\'"', "undecided"),
        ('is = "equivalent"\ngroup = "page == \'more\'"\nby = 0.05', "holds"),
        ('is = "equivalent"\ngroup = "page == \'more\'"\nby = 0.001', "undecided"),
        ('is = "not worse"\ngroup = "page == \'more\'"\nby = 0.05', "holds"),
        ('is = "not worse"\nby = 0.05', "holds"),
        ('is = "above"\nthan = 0.05\ngroup = "page == \'new\'"', "undecided"),
    ],
)
def test_claims_about_a_rate_go_by_the_interval_that_may_be_watched(
    metric: str, claim: str, outcome: str
) -> None:
    text = claim + (f'\nmetric = "{metric}"' if metric else "")
    found = judged_of(CLAIMS, text)
    assert found.outcome == outcome and found.more_runs is None
    assert found.spec is not None and found.spec.name == "signup"


def test_a_claim_s_interval_is_the_page_s() -> None:
    found = judged_of(CLAIMS, 'is = "better"\ngroup = "page == \'new\'"')
    new = next(item for item in CLAIMS.rates[0].variants if item.group.label == "new")
    assert found.delta is not None and (found.delta.low, found.delta.high) == new.watched
    assert (
        "points on Sign-ups" not in found.reason and "however often the counts are looked at" in found.reason
    )


def test_nothing_is_claimed_of_a_split_that_was_not_kept() -> None:
    found = study(variant("old", 800, 10_000), variant("new", 1_100, 9_300))
    result = judged_of(found, 'is = "better"\ngroup = "page == \'new\'"')
    assert result.outcome == "undecided" and "not split as planned" in result.reason


def values_of(found: Study) -> LiveValues:
    return LiveValues(Lookup((found,), found.name))


def test_values_of_a_finding_speak_of_rates() -> None:
    values = values_of(CLAIMS)
    rate = values.rate("signup", "page == 'new'")
    assert rate.text == "10.5%" and rate.name == "Sign-ups: new"
    assert rate.facts[0] == "1,050 of 10,000 seen." and "Wilson" in rate.facts[1]
    for metric in ("", "won", "signup"):
        assert values.delta(metric, "page == 'new'").text == "+2.5 points"
        assert values.verdict(metric, "page == 'more'").text == "no clear difference"
    assert any("+1." in fact for fact in values.delta("", "page == 'new'").facts)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda values: values.rate("signup"), "a rate needs one variant"),
        (lambda values: values.rate("x", "page == 'new'"), "no rate `x` is configured"),
    ],
)
def test_why_a_rate_has_no_value(call: Callable[[LiveValues], object], message: str) -> None:
    with pytest.raises(UnansweredError, match=message):
        call(values_of(CLAIMS))
