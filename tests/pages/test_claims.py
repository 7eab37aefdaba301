"""Claims are judged by the verdict rule: what holds, what does not, what is undecided, and what is refused."""

from __future__ import annotations

import pytest
from claimed import claim_of, judged

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
