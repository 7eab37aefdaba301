"""What a page knows about the things a finding asks for, as values: the prose is written with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Way:
    """A text that leads somewhere: a path from the site's root, or an address on the web."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A live value with where it comes from."""

    text: str
    """As it stands in the sentence: `93.0%`."""
    name: str = ""
    """What it is, in words: `Highest mean of 14 configurations`."""
    facts: tuple[str, ...] = ()
    """How it was made: formula, interval, counts; one sentence each."""
    runs: tuple[Way, ...] = ()
    """The runs behind it; the first few where they are many."""
    more: Way | None = None
    """Where all of them are."""
    files: int = 0
    """Files that were read for these runs."""
    run_ids: tuple[str, ...] = ()
    """All runs behind it."""
    run_slugs: tuple[str, ...] = ()
    """For the rows that light up."""
    groups: tuple[str, ...] = ()
    """Ids of the configurations it speaks of."""
    is_missing: bool = False
    """True where the runs it asks for are not there yet."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything the prose of one finding asked for."""

    values: Mapping[int, Answer] = field(default_factory=dict)
    """By the value's number."""
    targets: Mapping[str, str] = field(default_factory=dict)
    """Where each link and image leads, by what was written: a path from the site's root, `#anchor`, or a web address."""
    html: bool = False
    """Raw HTML is kept, cleaned."""
