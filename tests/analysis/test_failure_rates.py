"""Failure rates are compared with the baseline's where there are enough runs to tell."""

from __future__ import annotations

import math

from analysis_runs import run

from runfolio.analysis.failure_rates import failure_remarks
from runfolio.model import Goal, Group, MetricSpec, Run

LOSS = MetricSpec("loss", "Loss", goal=Goal.MINIMIZE)


def lot(name: str, good: int, diverged: int, running: int = 0) -> tuple[Group, dict[str, Run]]:
    runs = [run(f"{name}-g{i}", {}, {"loss": 0.1}) for i in range(good)]
    runs += [run(f"{name}-d{i}", {}, {"loss": math.nan}) for i in range(diverged)]
    runs += [run(f"{name}-r{i}", {}, {"loss": 0.5}, status="running") for i in range(running)]
    return Group(name, name, (), tuple(r.run_id for r in runs)), {r.run_id: r for r in runs}


def test_a_share_of_failures_beyond_chance_is_remarked() -> None:
    (base, a), (broken, b), (fine, c) = lot("base", 5, 0), lot("high lr", 0, 5), lot("low lr", 4, 1)
    remarks = failure_remarks([broken, base, fine], base, a | b | c, LOSS)
    assert remarks == [
        "high lr: 5 of 5 runs failed or diverged, of base 0 of 5; that is more than chance (Fisher's exact test, p = 0.016)"
    ]


def test_few_runs_and_runs_that_go_on_say_nothing() -> None:
    (base, a), (broken, b) = lot("base", 3, 0), lot("high lr", 0, 3, running=4)
    assert failure_remarks([base, broken], base, a | b, LOSS) == []
    assert failure_remarks([broken], None, b, LOSS) == []
