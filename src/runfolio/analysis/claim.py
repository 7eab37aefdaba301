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


_COMPARISONS = frozenset((Form.BETTER, Form.WORSE, Form.NOT_WORSE, Form.HIGHER, Form.LOWER, Form.EQUIVALENT))


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
    bound: float | None = None
    by: float | None = None
    """At least so much better; at most so much worse; equivalent within so much. At least 0."""
    of: str = ""
    """Filter for the configurations among which one is best; all of the experiment where empty."""
    where: str = ""
    """Filter that runs must satisfy."""
    count: str = "all"
    """How many runs must satisfy `where`: `all`, `none`, or the least number as text."""
    budget: str = ""
    """`duration`, or a metric."""
    at_most: str = ""
    """The budget as written: a number in logged units, or with a unit such as `2 h` or `12 GB`."""
    is_total: bool = False
    """The budget is for all runs together, not for each."""
    pool: bool = False
    """Runs of several configurations count together."""
    may_be_open: bool = False
    """Its runs need not be there yet."""
    is_gate: bool = False
    undecided_fails: bool = False
    """A gate that is not decided fails; else it passes with a warning."""
    path: str = ""
    """File it stands in, as the user would write it."""
    line: int | None = None

    @property
    def key(self) -> str:
        """Its name, else a digest of what it says: the same in every build, wherever the claim stands."""
        if self.name:
            return self.name
        said = [getattr(self, field.name) for field in fields(self) if field.name not in _NOT_SAID]
        return "claim-" + hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()[:10]


_NOT_SAID = frozenset(("name", "may_be_open", "is_gate", "undecided_fails", "path", "line"))
