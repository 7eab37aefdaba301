"""What moved over builds, in a sentence that claims no more than the steps do."""

from __future__ import annotations

import math
from collections.abc import Sequence

from runfolio.model import MetricSpec
from runfolio.pages.histories import Told, latest_sentence, moved
from runfolio.pages.words import count, size_text, value_text, with_unit


def history_title(told: Sequence[Told]) -> str:
    """`Time of a count rose by 0.69 ms at build 15, lower is better; 2 others moved too`, or that nothing did."""
    judged = [item for item in told if not item.found.refusal]
    if not told:
        return "No metric was measured in two builds"
    if not judged:
        longest = max(item.found.builds for item in told)
        return f"{count(longest, 'build')} so far; steps are looked for from 8 on"
    flagged = _flagged(judged)
    if not flagged:
        return f"No step was found in {count(len(judged), 'history', 'histories')}"
    first = flagged[0]
    assert first.last is not None
    size = size_text(first.spec, first.last.difference, first.decimals)
    goal = {1: ", higher is better", -1: ", lower is better", 0: ""}[first.spec.goal.sign]
    words = f"{first.title} {moved(first, first.last)} by {size} at build {first.builds.labels[first.last.at]}{goal}"
    others = len(flagged) - 1
    return words + (f"; {count(others, 'other')} moved too" if others else "")


def spoken_of(told: Sequence[Told], primary: MetricSpec | None) -> Told:
    """The history a headline is about: the first that moved, else that of the primary metric, else the first."""
    main = (item for item in told if primary and item.spec.name == primary.name)
    return next(iter(_flagged(told)), None) or next(main, told[0])


def experiment_history(told: Sequence[Told], primary: MetricSpec | None) -> tuple[str, str]:
    """Title and lead of an experiment that only builds tell apart; `told`: one history or more."""
    first = spoken_of(told, primary)
    now = f"{first.spec.label} is {latest_value(first)} in build {latest_build(first)}, the latest"
    if first.found.refusal:
        return now, f"{first.found.refusal[0].upper()}{first.found.refusal[1:]}."
    if first.last is None or not _flagged(told):
        return now, " ".join(filter(None, (f"{history_title(told)}.", latest_sentence(first))))
    labels, step = first.builds.labels, first.last
    old, new = (
        with_unit(first.spec, value_text(first.spec, level, first.decimals)) for level in (step.old, step.new)
    )
    lead = f"From {old} to {new}, between builds {labels[step.last_before]} and {labels[step.at]}. {now}."
    return history_title(told), " ".join(filter(None, (lead, latest_sentence(first))))


def latest_value(item: Told) -> str:
    """The value of the latest build that has one, with its unit."""
    return with_unit(item.spec, value_text(item.spec, item.values[_last(item)], item.decimals))


def latest_build(item: Told) -> str:
    """How that build is written."""
    return item.builds.labels[_last(item)]


def _last(item: Told) -> int:
    return max(at for at, value in enumerate(item.values) if math.isfinite(value))


def _flagged(told: Sequence[Told]) -> list[Told]:
    """Histories with a step that may be spoken of."""
    return [
        item
        for item in told
        if not item.found.refusal and item.last is not None and not item.found.is_possible_only
    ]
