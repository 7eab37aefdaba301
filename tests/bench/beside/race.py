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
    peak_bytes: int
    """The most memory of any one process; of a server that of all its processes."""
    facts: dict[str, float] = field(default_factory=dict)
    """What else can be said of it."""


@dataclass(frozen=True)
class Race:
    """Two ways to the same end, and how many times as fast Runfolio is to be."""

    peer: str
    """The peer and what it does."""
    ours: str
    """What Runfolio does beside it."""
    run_peer: Callable[[], Taken]
    run_ours: Callable[[], Taken]
    goal: float | None
    """The smallest ratio that is wanted; None where the peer is only the horizon."""


@dataclass(frozen=True)
class Line:
    """The outcome of a race: medians of all turns."""

    peer: str
    ours: str
    peer_seconds: float
    our_seconds: float
    ratio: float
    """The peer's time over Runfolio's: above 1 Runfolio is faster."""
    goal: float | None
    met: bool | None
    peer_peak_bytes: int
    our_peak_bytes: int
    peer_facts: dict[str, float]
    our_facts: dict[str, float]


def run(race: Race, repeats: int) -> Line:
    """The outcome of so many turns each, one after the other, so that a busy machine slows both alike."""
    turns = [(race.run_peer(), race.run_ours()) for _ in range(repeats)]
    peer, ours = (_median([pair[place] for pair in turns]) for place in (0, 1))
    ratio = peer.seconds / ours.seconds
    return Line(
        race.peer,
        race.ours,
        peer.seconds,
        ours.seconds,
        ratio,
        race.goal,
        None if race.goal is None else ratio >= race.goal,
        peer.peak_bytes,
        ours.peak_bytes,
        peer.facts,
        ours.facts,
    )


def _median(turns: list[Taken]) -> Taken:
    facts = {name: statistics.median(turn.facts[name] for turn in turns) for name in turns[0].facts}
    return Taken(
        statistics.median(turn.seconds for turn in turns),
        int(statistics.median(turn.peak_bytes for turn in turns)),
        facts,
    )
