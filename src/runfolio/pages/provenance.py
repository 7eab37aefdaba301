"""Which code, data, software and machines the runs come from: what was the same for all of them, and what differed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from runfolio.model import Run
from runfolio.pages.run_about import hardware_text
from runfolio.pages.words import count, listing

#: Values of one fact that are named; the most frequent ones.
MOST_VALUES = 5
#: Packages with several versions that are named.
MOST_PACKAGES = 20
_SHORT = 10


@dataclass(frozen=True, slots=True)
class Value:
    """What some runs recorded."""

    text: str
    runs: int
    title: str = ""
    """The whole of what `text` abridges."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that runs recorded, and what they recorded of it; the most frequent first."""

    name: str
    values: tuple[Value, ...]
    more: int
    """Values that are not named."""
    unknown: int
    """Runs that recorded none."""

    @property
    def differs(self) -> bool:
        """True where two runs recorded different things."""
        return len(self.values) + self.more > 1


@dataclass(frozen=True, slots=True)
class Provenance:
    """What of code, data, software and machines is known of some runs; what differs stands first."""

    facts: tuple[Fact, ...]
    words: str
    """What differs, in a sentence; empty where nothing was recorded."""


def provenance(runs: Sequence[Run]) -> Provenance:
    """What the runs recorded, as far as the site may show it."""
    facts = [
        _fact("Commit", [_commit(run) for run in runs]),
        *_data(runs),
        _fact("Python", [_one(run.environment.python) for run in runs]),
        *_packages(runs),
        _fact("System", [_one(run.environment.platform) for run in runs]),
        _fact("Hardware", [_one(hardware_text(run.environment.hardware)) for run in runs]),
        _fact("Host", [_one(run.environment.host) for run in runs]),
        _fact("User", [_one(run.environment.user) for run in runs]),
    ]
    known = sorted((fact for fact in facts if fact.values), key=lambda fact: not fact.differs)
    return Provenance(tuple(known), _words(known))


def _words(facts: Sequence[Fact]) -> str:
    differing = [_lower(fact.name) for fact in facts if fact.differs]
    if not facts:
        return ""
    if not differing:
        return "Nothing of this differs between runs, as far as they recorded it."
    return f"Between runs differ: {listing(differing, 6)}."


def _lower(name: str) -> str:
    """In the middle of a sentence; Python keeps its name."""
    return name if name == "Python" else name[0].lower() + name[1:]


def _fact(name: str, recorded: Sequence[tuple[str, str] | None]) -> Fact:
    """`recorded`: text and the whole of it for each run; None where the run recorded nothing."""
    found = Counter(item for item in recorded if item is not None)
    # The most frequent first, and equals by their text: the order of runs has no say.
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    values = tuple(Value(text, runs, title) for (text, title), runs in ordered[:MOST_VALUES])
    return Fact(name, values, max(len(ordered) - MOST_VALUES, 0), len(recorded) - sum(found.values()))


def _one(text: str | None) -> tuple[str, str] | None:
    return (text, "") if text else None


def _commit(run: Run) -> tuple[str, str] | None:
    if run.git is None or not run.git.commit:
        return None
    changed = " with uncommitted changes" if run.git.dirty else ""
    return f"{run.git.commit[:_SHORT]}{changed}", run.git.commit


def _data(runs: Sequence[Run]) -> Iterator[Fact]:
    """A fact for each data set by its name: its digests, else its places."""
    by_name: dict[str, list[tuple[str, str] | None]] = {}
    for run in runs:
        for item in run.data:
            if item.sha256:
                said = (f"sha256 {item.sha256[:_SHORT]}", item.sha256)
            else:
                said = (item.uri or "no digest recorded", "")
            by_name.setdefault(item.name, []).append(said)
    for name in sorted(by_name)[:MOST_PACKAGES]:
        yield _fact(f"Data set {name}", by_name[name])


def _packages(runs: Sequence[Run]) -> Iterator[Fact]:
    """Packages with several versions, then how many have the same one wherever they were recorded."""
    versions: dict[str, Counter[str]] = {}
    pairs = Counter(pair for run in runs for pair in run.environment.packages.items())
    for (name, version), number in pairs.items():
        versions.setdefault(name, Counter())[version] = number
    several = sorted(name for name, found in versions.items() if len(found) > 1)
    for name in several[:MOST_PACKAGES]:
        recorded = [(version, "") for version, number in versions[name].items() for _ in range(number)]
        yield _fact(f"Package {name}", [*recorded, *[None] * (len(runs) - len(recorded))])
    same = [name for name in sorted(versions) if len(versions[name]) == 1]
    if same:
        with_any = sum(bool(run.environment.packages) for run in runs)
        told = f"{count(len(same), 'package')} with one version each"
        yield Fact("Packages", (Value(told, with_any, ", ".join(same)),), 0, len(runs) - with_any)
