"""A peer and Runfolio take turns at the same work."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Taken:
    """What one turn took."""

    seconds: float
    """Wall time, from the start of a process to its end or to its last answer."""
    cpu_seconds: float | None
    """Processor time of all its processes, which other work on the machine hardly changes; None of a part of a process."""
    peak_bytes: int
    """The most memory of any one process; of a server that of all its processes."""
    facts: dict[str, float] = field(default_factory=dict)
    """What else can be said of it."""


@dataclass(frozen=True)
class Way:
    """What Runfolio does to the same end."""

    name: str
    run: Callable[[], Taken]
    goal: float | None
    """How many times as fast as the peer it is to be; None where the peer is only the horizon."""


@dataclass(frozen=True)
class Race:
    """A peer, what it does, and Runfolio's ways to the same end."""

    peer: str
    run: Callable[[], Taken]
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Line:
    """The peer beside one of the ways: medians of all turns."""

    peer: str
    way: str
    theirs: Taken
    ours: Taken
    ratio: float
    """The peer's wall time over Runfolio's: above 1 Runfolio is faster."""
    cpu_ratio: float | None
    """The same of processor time, None where one of both is not known."""
    goal: float | None
    met: bool | None


def run(race: Race, repeats: int) -> list[Line]:
    """A line a way, from so many turns of each, one after the other, so that a busy machine slows all alike."""
    turns = [(race.run(), *(way.run() for way in race.ways)) for _ in range(repeats)]
    theirs, *ours = (_median(taken) for taken in zip(*turns, strict=True))
    return [_line(race.peer, way, theirs, taken) for way, taken in zip(race.ways, ours, strict=True)]


def _line(peer: str, way: Way, theirs: Taken, ours: Taken) -> Line:
    ratio = theirs.seconds / ours.seconds
    known = theirs.cpu_seconds is not None and ours.cpu_seconds is not None
    cpu_ratio = theirs.cpu_seconds / ours.cpu_seconds if known else None
    met = None if way.goal is None else ratio >= way.goal
    return Line(peer, way.name, theirs, ours, ratio, cpu_ratio, way.goal, met)


def _median(turns: tuple[Taken, ...]) -> Taken:
    return Taken(
        statistics.median(turn.seconds for turn in turns),
        None if turns[0].cpu_seconds is None else statistics.median(turn.cpu_seconds for turn in turns),
        int(statistics.median(turn.peak_bytes for turn in turns)),
        {name: statistics.median(turn.facts[name] for turn in turns) for name in turns[0].facts},
    )
