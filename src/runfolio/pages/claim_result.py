"""What came of a claim: its outcome with the evidence, what earlier builds say of it, and whether a gate lets pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from runfolio.analysis.claim import Claim, Outcome
from runfolio.model import Delta, Estimate, MetricSpec
from runfolio.pages.histories import StepRecord


class Gate(StrEnum):
    """What a gate does with its claim."""

    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"
    """It lets pass, with a warning."""


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """One claim and what the runs say of it."""

    claim: Claim
    outcome: Outcome
    sentence: str
    """What is claimed."""
    reason: str
    """What was seen: sizes, interval, counts; or why it is not decided."""
    run_ids: tuple[str, ...] = ()
    """The runs it stands on."""
    experiment: str = ""
    """Empty where runs of several are its evidence, or none is there yet."""
    spec: MetricSpec | None = None
    delta: Delta | None = None
    """The difference, for a claim that compares two configurations."""
    estimate: Estimate | None = None
    """The mean, for a claim that holds one against a number."""
    counts: tuple[int, ...] = ()
    """Runs with a usable value of each configuration."""
    more_runs: int | None = None
    """So many more runs of each configuration would decide it, if what was seen stays so."""
    more_builds: int | None = None
    """So many more builds are needed before anything may be said of a trend."""
    step: StepRecord | None = None
    """What speaks against a trend, or may."""

    @property
    def words(self) -> OutcomeWords:
        """The outcome as pages show it."""
        return outcome_words(self.outcome, str(self.outcome))


@dataclass(frozen=True, slots=True)
class Mark:
    """What earlier builds say of a claim."""

    was: str = ""
    """Its outcome in the build compared with, where it was there."""
    since: str = ""
    """Time in words of the build since which it is as it is."""

    def flip(self, outcome: Outcome) -> str:
        """`was: holds; now: undecided`; empty where it came out so before, or was not there."""
        return f"was: {self.was}; now: {outcome}" if self.was not in ("", outcome) else ""

    @property
    def words(self) -> str:
        """`so since the build of …`; empty where no build was told a time."""
        return f"so since the build of {self.since}" if self.since else ""


UNMARKED = Mark()


@dataclass(frozen=True, slots=True)
class OutcomeWords:
    """An outcome in a sentence, never by its colour alone."""

    text: str
    symbol: str = ""
    tone: str = ""
    """`better` or `worse` where it is decided."""


_LOOKS = {
    Outcome.HOLDS: ("✓", "better"),
    Outcome.DOES_NOT_HOLD: ("✗", "worse"),
    Outcome.UNDECIDED: ("?", ""),
    Outcome.OPEN: ("○", ""),
}


def outcome_words(outcome: Outcome, text: str) -> OutcomeWords:
    """The text with the outcome's symbol and tone."""
    return OutcomeWords(text, *_LOOKS[outcome])


def gate_of(result: ClaimResult, mark: Mark) -> Gate | None:
    """Whether the gate lets pass; None for a claim that is none."""
    claim = result.claim
    if not claim.is_gate:
        return None
    was_otherwise = claim.is_flip_gate and mark.was not in ("", Outcome.HOLDS)
    if result.outcome is Outcome.HOLDS or was_otherwise:
        return Gate.PASSED
    is_clear = result.outcome is Outcome.DOES_NOT_HOLD and (mark.was or not claim.is_flip_gate)
    return Gate.FAILED if is_clear or claim.undecided_fails else Gate.UNDECIDED


def told_apart(results: Sequence[ClaimResult]) -> tuple[ClaimResult, ...]:
    """The results in their order, those of equal claims with keys of their own."""
    seen: dict[str, int] = {}
    found = []
    for result in results:
        key = result.claim.key
        found.append(replace(result, claim=replace(result.claim, twin=seen.get(key, 0))))
        seen[key] = seen.get(key, 0) + 1
    return tuple(found)


def outcome_counts(results: Sequence[ClaimResult]) -> Mapping[Outcome, int]:
    """How many claims have each outcome, in the order of the outcomes; outcomes without a claim are left out."""
    counts = {outcome: sum(item.outcome is outcome for item in results) for outcome in Outcome}
    return {outcome: count for outcome, count in counts.items() if count}


def claim_verb(outcome: Outcome, number: int) -> str:
    """`holds`, `do not hold`, `are undecided`: what so many claims do."""
    one = {
        Outcome.HOLDS: "holds",
        Outcome.DOES_NOT_HOLD: "does not hold",
        Outcome.UNDECIDED: "is undecided",
        Outcome.OPEN: "waits for its runs",
    }
    many = {
        Outcome.HOLDS: "hold",
        Outcome.DOES_NOT_HOLD: "do not hold",
        Outcome.UNDECIDED: "are undecided",
        Outcome.OPEN: "wait for their runs",
    }
    return (one if number == 1 else many)[outcome]
