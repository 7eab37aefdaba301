"""Claims: sentences about runs that every build tests again. A gate is a claim that `runfolio check` exits by."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from enum import StrEnum


class Form(StrEnum):
    """What kind of thing is said; the words of the key `is`."""

    BETTER = "better"
    WORSE = "worse"
    NOT_WORSE = "not worse"
    HIGHER = "higher"
    LOWER = "lower"
    EQUIVALENT = "equivalent"
    ABOVE = "above"
    BELOW = "below"
    BEST = "best"
    DOES_NOT_FALL = "does not fall"
    DOES_NOT_RISE = "does not rise"
    DOES_NOT_WORSEN = "does not worsen"
    NONE_FAILED = "none failed"
    NONE_DIVERGED = "none diverged"
    LOGGED = "logged"
    WHERE = "where"
    """Written with the key `where`, not with `is`."""
    BUDGET = "budget"
    """Written with the key `budget`, not with `is`."""

    @property
    def is_comparison(self) -> bool:
        """True where one configuration is held against another."""
        return self in _COMPARISONS

    @property
    def is_bound(self) -> bool:
        """True where the mean of a configuration is held against a number."""
        return self in (Form.ABOVE, Form.BELOW)

    @property
    def is_trend(self) -> bool:
        """True where a metric over builds is spoken of."""
        return self in (Form.DOES_NOT_FALL, Form.DOES_NOT_RISE, Form.DOES_NOT_WORSEN)


_COMPARISONS = frozenset((Form.BETTER, Form.WORSE, Form.NOT_WORSE, Form.HIGHER, Form.LOWER, Form.EQUIVALENT))


class Against(StrEnum):
    """An earlier state of the same configuration, which a claim may compare it with; the words of the key `against`."""

    EARLIER_SITE = "earlier site"
    PREVIOUS_BUILD = "previous build"


class Outcome(StrEnum):
    """What the runs say of a claim."""

    HOLDS = "holds"
    DOES_NOT_HOLD = "does not hold"
    UNDECIDED = "undecided"
    OPEN = "open"
    """The runs it speaks of are not there yet."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim as written. Texts are empty and numbers None where nothing is said; numbers are in logged units."""

    form: Form
    name: str = ""
    """Given by its author, to be found again by; unique in a project."""
    text: str = ""
    """The author's own sentence; else one is written from the parts."""
    experiment: str = ""
    metric: str = ""
    group: str = ""
    """Filter that picks the configuration, or the runs, that the claim is about."""
    than: str = ""
    """Filter that picks the configuration it is compared with; the baseline where empty."""
    against: Against | None = None
    """Compared with itself as it was, not with another configuration."""
    bound: float | None = None
    by: float | None = None
    """At least so much better; at most so much worse; equivalent within so much. At least 0."""
    since_build: str = ""
    """What came before this build is accepted; the name of a build, of a commit also its beginning."""
    of: str = ""
    """Filter for the configurations among which one is best; all of the experiment where empty."""
    where: str = ""
    """Filter that runs must satisfy."""
    count: str = "all"
    """How many runs must satisfy `where`: `all`, `none`, or the least number as text."""
    budget: str = ""
    """`duration`, a metric, or a parameter that is a number."""
    at_most: str = ""
    """The budget as written: a number in logged units, or with a unit such as `2 h` or `12 GB`."""
    is_total: bool = False
    """The budget is for all runs together, not for each."""
    pool: bool = False
    """Runs of several configurations count together."""
    may_be_open: bool = False
    """Its runs need not be there yet."""
    is_gate: bool = False
    is_flip_gate: bool = False
    """A gate that only what held in the earlier build may shut."""
    undecided_fails: bool = False
    """A gate that is not decided fails; else it passes with a warning."""
    path: str = ""
    """File it stands in, as the user would write it."""
    line: int | None = None
    twin: int = 0
    """So many claims before it have the same name or say the same."""

    @property
    def is_over_builds(self) -> bool:
        """True where builds of the runs are spoken of, whatever was built of the site."""
        return self.form.is_trend or self.against is Against.PREVIOUS_BUILD

    @property
    def key(self) -> str:
        """Its name, else a digest of what is tested: the same in every build, wherever the claim stands and in whatever words.

        What is not said counts as little as what is newer than the claim: a field that a later version adds changes no key.
        """
        said = sorted(
            f"{field.name}={value}"
            for field in fields(self)
            if field.name not in _NOT_SAID and (value := getattr(self, field.name)) != field.default
        )
        digest = hashlib.sha256("\x1f".join(said).encode("utf-8", "surrogatepass")).hexdigest()[:10]
        key = self.name or f"claim-{digest}"
        return f"{key}-{self.twin + 1}" if self.twin else key


_NOT_SAID = frozenset(
    ("name", "text", "may_be_open", "is_gate", "is_flip_gate", "undecided_fails", "path", "line", "twin")
)
