"""What changed between two builds: runs that came, went and changed; verdicts and claims that are others now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from runfolio.pages.build_record import BuildRecord, ChampionRecord, GroupRecord, RunRecord
from runfolio.pages.routes import MODELS
from runfolio.pages.words import count, listing

#: More runs than this of one kind are counted, not listed.
MOST_LISTED = 40


@dataclass(frozen=True, slots=True)
class Previous:
    """The record to compare with."""

    record: BuildRecord
    before: BuildRecord | None = None
    """What that record itself was compared with, where it is this site's own."""
    read: Callable[[str], bytes | None] | None = None
    """Gives further files of that site by their path, None for one that is not there; None where the site is this one."""
    is_own: bool = False
    """True where the record is the one that this build is about to replace."""

    def compared(self, now: BuildRecord) -> BuildRecord | None:
        """The record that this build's pages speak of; None where there is none."""
        return self.before if self.is_own and self.record.is_like(now) else self.record


@dataclass(frozen=True, slots=True)
class RunChange:
    """A run that is there or not, or is not what it was."""

    run_id: str
    name: str
    href: str
    """Empty where it has no page any more."""
    experiment: str
    what: str


@dataclass(frozen=True, slots=True)
class Flip:
    """Something that was said and is said otherwise now."""

    kind: str
    """verdict, headline, claim or champion."""
    subject: str
    href: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different from the build compared with."""

    since: str
    """`since the build of 18 Nov 2026`, `since the previous build`."""
    sentence: str
    added: tuple[RunChange, ...]
    removed: tuple[RunChange, ...]
    changed: tuple[RunChange, ...]
    flips: tuple[Flip, ...]
    hidden: int = 0
    """Runs that are counted and not listed."""

    @property
    def is_empty(self) -> bool:
        """True where nothing is different."""
        return not (self.added or self.removed or self.changed or self.flips)


def changes(before: BuildRecord, now: BuildRecord, most: int | None = MOST_LISTED) -> Changes:
    """What is different now. A run is told by its id and experiment, a configuration by its id, experiment and metric.

    `most`: so many runs of each kind are listed; None for all.
    """
    old = {(run.experiment, run.run_id): run for run in before.runs}
    new = {(run.experiment, run.run_id): run for run in now.runs}
    added = [_run(run, "added") for key, run in new.items() if key not in old]
    removed = [_run(run, "removed", is_there=False) for key, run in old.items() if key not in new]
    changed = [
        _run(run, what) for key, run in new.items() if key in old and (what := _difference(old[key], run))
    ]
    flips = [
        *_verdicts(before, now),
        *_headlines(before, now),
        *_claims(before, now),
        *_champions(before, now),
    ]
    parts = [
        count(len(runs), "run") + f" {word}"
        for runs, word in ((added, "added"), (removed, "removed"), (changed, "changed"))
        if runs
    ]
    parts += [
        f"{count(found, noun)} {verb}"
        for noun, verb in (("verdict", "flipped"), ("claim", "flipped"), ("champion", "changed"))
        if (found := sum(item.kind == noun for item in flips))
    ]
    since = f"since the build of {before.built_at}" if before.built_at else "since the previous build"
    sentence = f"{listing(parts, 6)} {since}." if parts else f"Nothing changed {since}."
    kinds = (added, removed, changed)
    hidden = 0 if most is None else sum(max(len(some) - most, 0) for some in kinds)
    return Changes(
        since,
        sentence[0].upper() + sentence[1:],
        tuple(added[:most]),
        tuple(removed[:most]),
        tuple(changed[:most]),
        tuple(flips),
        hidden,
    )


def _run(run: RunRecord, what: str, *, is_there: bool = True) -> RunChange:
    return RunChange(run.run_id, run.name, run.page if is_there else "", run.experiment, what)


def _difference(before: RunRecord, now: RunRecord) -> str:
    if before.status != now.status:
        return f"was {before.status}, is {now.status}"
    return "settings or results changed" if before.fingerprint != now.fingerprint else ""


def _verdicts(before: BuildRecord, now: BuildRecord) -> list[Flip]:
    def key(item: GroupRecord) -> tuple[str, str, str]:
        return item.experiment, item.group, item.metric

    old = {key(item): item for item in before.groups}
    pages = {item.name: item.page for item in now.experiments}
    flips = []
    for item in now.groups:
        was = old.get(key(item))
        if was is not None and (was.verdict, was.against) != (item.verdict, item.against):
            same = was.against == item.against
            flips.append(
                Flip(
                    "verdict",
                    f"{item.label} ({item.experiment}, {item.metric})",
                    f"{pages.get(item.experiment, '')}#configurations",
                    _verdict(was, same),
                    _verdict(item, same),
                )
            )
    return flips


def _verdict(item: GroupRecord, is_same_baseline: bool) -> str:
    words = item.verdict or "no verdict"
    return words if is_same_baseline or item.verdict == "baseline" else f"{words} (against {item.against})"


def _headlines(before: BuildRecord, now: BuildRecord) -> list[Flip]:
    old = {item.name: item.headline for item in before.experiments}
    return [
        Flip("headline", item.name, item.page, old[item.name], item.headline)
        for item in now.experiments
        if old.get(item.name, item.headline) != item.headline
    ]


def _claims(before: BuildRecord, now: BuildRecord) -> list[Flip]:
    old = {item.name: item.outcome for item in before.claims}
    return [
        Flip("claim", item.sentence, item.page, old[item.name], item.outcome)
        for item in now.claims
        if old.get(item.name, item.outcome) != item.outcome
    ]


def _champions(before: BuildRecord, now: BuildRecord) -> list[Flip]:
    """Champions of which another run is used now, or none. One that was not asked for before has not changed."""
    old = _named(before)
    return [
        Flip("champion", name, MODELS, _run_named(old[name]), _run_named(record))
        for name, record in _named(now).items()
        if name in old and _run_named(old[name]) != _run_named(record)
    ]


def _named(record: BuildRecord) -> dict[str, ChampionRecord]:
    """The latest champion of each rule that ever had one."""
    return {item.name: item for item in record.champions}


def _run_named(item: ChampionRecord) -> str:
    return "none" if item.is_over else f"{item.label} (run {item.run})"
