"""What a suite found, in sentences made from the leaderboard's own numbers."""

from __future__ import annotations

import math

from runfolio.analysis.rounding import column_decimals, number_text
from runfolio.analysis.suite import Normalisation
from runfolio.analysis.suite_result import SuiteComparison, SuiteResult
from runfolio.pages.standings import Standings
from runfolio.pages.words import count, difference_unit, listing, with_unit


def suite_verdict(found: Standings) -> str:
    """The h1: who leads over the tasks and whether that is clear, or why there is no order."""
    overall = found.overall
    tasks, methods = count(len(found.cells.tasks), "task"), len(overall.results)
    ranked = [item for item in overall.results if item.mean is not None and math.isfinite(item.mean.value)]
    if overall.refusal or not ranked:
        best = _most_first(found)
        return f"{count(methods, 'method')} on {tasks}" + (
            f": {best}" if best else ", without a common order"
        )
    complete = [item for item in ranked if item.row.is_complete]
    sign = _sign(overall)
    if not complete:
        return f"No method is complete on {tasks}; {ranked[0].row.label} has the best mean of the runs that ended well"
    leader = complete[0]
    value = _text(overall, leader)
    if len(complete) == 1 or not sign:
        return f"{leader.row.label} reaches {value} over {tasks}"
    unjudged = [item.row.label for item in _incomplete_rivals(ranked, complete, sign)]
    if unjudged:
        whom = listing(unjudged, 3)
        verb = "is" if len(unjudged) == 1 else "are"
        return f"{leader.row.label} leads over {tasks} at {value}; {whom} {verb} not judged, because runs are missing"
    rivals = [item for item in complete[1:] if item.place_low == 1]
    if leader.place_low == leader.place_high == 1:
        return f"{leader.row.label} is best over {tasks} at {value}, {_gap(overall, leader, complete[1])} ahead of {complete[1].row.label}"
    names = listing([item.row.label for item in rivals or complete[1:2]], 3)
    return f"{leader.row.label} leads over {tasks} at {value}, but is not clearly ahead of {names}"


def _incomplete_rivals(
    ranked: list[SuiteResult], complete: list[SuiteResult], sign: int
) -> list[SuiteResult]:
    """Methods with missing runs whose mean of the others is above the second complete method's."""
    second = complete[1].mean
    assert second is not None
    return [
        item
        for item in ranked
        if not item.row.is_complete and item.mean is not None and (item.mean.value - second.value) * sign > 0
    ]


def suite_lead(found: Standings) -> str:
    """The paragraph under it: who is first on how many tasks, and what the intervals speak of."""
    sentences = []
    if found.overall.refusal:
        sentences.append(f"There is no mean over tasks: {found.overall.refusal}.")
    counts = _firsts(found)
    if counts:
        tasks = count(len(found.cells.tasks), "task")
        said = [f"{label} on {number}" for label, number in counts]
        sentences.append(f"Best, or not separated from the best, on a task: {listing(said, 4)} of {tasks}.")
    sentences += [note for note in found.notes if "no usable value" in note][:3]
    if not found.overall.refusal and len(found.cells.tasks) > 1 and len(found.cells.methods) > 1:
        sentences.append("The order holds over these tasks: seeds vary, tasks do not.")
    return " ".join(sentences)


def _firsts(found: Standings) -> list[tuple[str, int]]:
    """Label and number of tasks on which a method is best or tied best, most first."""
    labels = {group.group_id: group.label for group in found.cells.methods}
    numbers = {key: sum(key in first for first in found.leaders) for key in labels}
    ordered = sorted((item for item in numbers.items() if item[1]), key=lambda item: -item[1])
    return [(labels[key], number) for key, number in ordered]


def _most_first(found: Standings) -> str:
    counts = _firsts(found)
    if not counts:
        return ""
    most = counts[0][1]
    names = listing([label for label, number in counts if number == most], 3)
    return f"{names} {'are' if ' and ' in names else 'is'} best or tied best on {most} of {len(found.cells.tasks)}"


def _sign(overall: SuiteComparison) -> int:
    is_scored = overall.normalisation is not Normalisation.NONE
    return 1 if is_scored else overall.suite.tasks[0].spec.goal.sign


def _digits(overall: SuiteComparison) -> tuple[float, int]:
    is_raw = overall.normalisation is Normalisation.NONE
    scale = overall.suite.tasks[0].spec.scale if is_raw else 1.0
    means = [item.mean for item in overall.results if item.mean and math.isfinite(item.mean.value)]
    halves = [None if item.half_width is None else item.half_width * abs(scale) for item in means]
    return scale, column_decimals([item.value * scale for item in means], halves)


def _text(overall: SuiteComparison, result: SuiteResult) -> str:
    scale, decimals = _digits(overall)
    assert result.mean is not None
    text = number_text(result.mean.value * scale, decimals)
    if overall.normalisation is Normalisation.BASELINE:
        return f"{text} times the baseline"
    if overall.normalisation is Normalisation.BOUNDS:
        return f"a score of {text}"
    return with_unit(overall.suite.tasks[0].spec, text)


def _gap(overall: SuiteComparison, leader: SuiteResult, second: SuiteResult) -> str:
    scale, decimals = _digits(overall)
    assert leader.mean is not None and second.mean is not None
    size = number_text(abs(leader.mean.value - second.mean.value) * abs(scale), decimals)
    is_raw = overall.normalisation is Normalisation.NONE
    unit = difference_unit(overall.suite.tasks[0].spec) if is_raw else ""
    return f"{size} {unit}".rstrip()
