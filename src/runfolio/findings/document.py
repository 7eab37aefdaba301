"""A finding as it was written: its front matter, its sections, and everything it asks for, with lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runfolio.findings.block import Block
from runfolio.findings.fault import Fault
from runfolio.findings.front_matter import FrontMatter

if TYPE_CHECKING:
    from markdown_it.token import Token


@dataclass(frozen=True, slots=True, eq=False)
class Prose:
    """Markdown between two blocks, parsed. Its tokens are only read."""

    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """What stands under one heading of the second level; the first section has none."""

    anchor: str
    parts: tuple[Prose | Block, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of the table of contents."""

    anchor: str
    level: int
    """2 for a section, 3 below it."""
    text: tuple[str | int, ...]
    """Texts, and the numbers of the live values between them."""


@dataclass(frozen=True, slots=True)
class LiveValue:
    """`{{ … }}` in the prose."""

    number: int
    """1 for the first of the document."""
    source: str
    line: int
    is_plain: bool
    """True inside a link, where no button may stand."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A link or an image."""

    target: str
    line: int
    is_image: bool


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One finding."""

    path: str
    """As the user would write it: `findings/warm-up.md`."""
    name: str
    """The file's name without its ending: what other findings call it."""
    digest: str
    """SHA-256 of the text."""
    front: FrontMatter
    title: str
    sections: tuple[Section, ...]
    headings: tuple[Heading, ...]
    blocks: tuple[Block, ...]
    values: tuple[LiveValue, ...]
    references: tuple[Reference, ...]
    anchors: frozenset[str]
    faults: tuple[Fault, ...]
    """What is wrong whatever the runs are."""
