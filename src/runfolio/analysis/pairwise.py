"""Competitors by who beat whom: matches of an experiment's runs, strengths, and the places they leave open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runfolio.analysis.bradley_terry import Strength, bradley_terry, strength_contrasts
from runfolio.analysis.holm import holm
from runfolio.analysis.rank import places_of
from runfolio.model import Run, RunStatus

_LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class PairwiseOptions:
    """Where the matches of an experiment are: runs name two competitors and log the outcome of every match of theirs."""

    name: str
    first: str
    """Parameter that names the one competitor."""
    second: str
    """Parameter that names the other."""
    outcome: str
    """Metric: 1 where the first won, 0 where the second won, 0.5 for a draw; one logged value a match."""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Competitor:
    """One competitor with its matches."""

    label: str
    matches: int
    won: float
    """A draw is half a win."""
    strength: Strength | None
    """None where no strengths can be told."""
    place_low: int = 0
    place_high: int = 0
    """Places it may hold, 1-based; 0 without strengths."""


@dataclass(frozen=True, slots=True)
class Arena:
    """All competitors of an experiment, the strongest first; in alphabetical order where no strengths can be told."""

    options: PairwiseOptions
    competitors: tuple[Competitor, ...]
    matches: int
    refusal: str
    """Why there are no strengths; empty where there are."""
    remarks: tuple[str, ...]


def compare_competitors(runs: Sequence[Run], options: PairwiseOptions) -> Arena | None:
    """The arena of these runs; None where none of them has both parameters and the metric.

    All logged outcomes count, also of runs that go on or failed: those matches were held. Runs of a competitor against itself
    and runs with a value outside 0 to 1 do not count, and are remarked.
    """
    found = [run for run in runs if _has_all(run, options)]
    if not found:
        return None
    kept, remarks = _usable(found, options)
    names = sorted({name for run in kept for name in _names(run, options)})
    place = {name: at for at, name in enumerate(names)}
    wins = [[0.0] * len(names) for _ in names]
    for run in kept:
        a, b = (place[name] for name in _names(run, options))
        count, won = _outcomes(run, options)
        wins[a][b] += won
        wins[b][a] += count - won
    strengths, refusal = bradley_terry(wins, options.name)
    places = _places(wins, strengths)
    competitors = [
        Competitor(
            name,
            round(sum(wins[at]) + sum(row[at] for row in wins)),
            sum(wins[at]),
            strengths[at] if strengths else None,
            *(places[at] if strengths else (0, 0)),
        )
        for at, name in enumerate(names)
    ]
    competitors.sort(key=lambda item: (-(item.strength.elo if item.strength else 0.0), item.label))
    total = round(sum(map(sum, wins)))
    return Arena(options, tuple(competitors), total, refusal, tuple(remarks))


def _has_all(run: Run, options: PairwiseOptions) -> bool:
    return {options.first, options.second} <= run.parameters.keys() and options.outcome in run.metrics


def _names(run: Run, options: PairwiseOptions) -> tuple[str, str]:
    return run.parameters[options.first].text, run.parameters[options.second].text


def _outcomes(run: Run, options: PairwiseOptions) -> tuple[int, float]:
    """Matches of the run, and how many its first competitor won."""
    summary = run.metrics[options.outcome]
    count = summary.count - summary.nonfinite_count
    # Outcomes are halves: what dividing by their number lost comes back.
    return count, round(2 * summary.mean * count) / 2 if count else 0.0


def _usable(runs: Sequence[Run], options: PairwiseOptions) -> tuple[list[Run], list[str]]:
    own = [run for run in runs if len(set(_names(run, options))) == 1]
    strange = [run for run in runs if not _is_outcome(run, options)]
    out = {run.run_id for run in (*own, *strange)}
    remarks = []
    if own:
        remarks.append(f"{_runs(own)} of a competitor against itself not counted")
    if strange:
        remarks.append(
            f"{_runs(strange)} with outcomes other than from 0 to 1 not counted: {strange[0].name}"
        )
    going = sum(run.status is RunStatus.RUNNING for run in runs)
    if going:
        remarks.append(f"{going} {'run is' if going == 1 else 'runs are'} still going on")
    return [run for run in runs if run.run_id not in out], remarks


def _is_outcome(run: Run, options: PairwiseOptions) -> bool:
    summary = run.metrics[options.outcome]
    return summary.count == summary.nonfinite_count or (summary.minimum >= 0 and summary.maximum <= 1)


def _runs(runs: Sequence[Run]) -> str:
    return "1 run" if len(runs) == 1 else f"{len(runs)} runs"


def _places(wins: Sequence[Sequence[float]], strengths: Sequence[Strength]) -> list[tuple[int, int]]:
    """Places that pairs leave open; of competitors without an interval nothing is told apart."""
    tested = [
        item
        for item in (strength_contrasts(wins) if strengths else [])
        if strengths[item.first].low is not None and strengths[item.second].low is not None
    ]
    adjusted = holm([item.p for item in tested])
    clear = [
        (item.first, item.second) if item.difference > 0 else (item.second, item.first)
        for item, p in zip(tested, adjusted, strict=True)
        if p <= _LEVEL
    ]
    return places_of(len(strengths), clear)
