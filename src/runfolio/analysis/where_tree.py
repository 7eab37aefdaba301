"""The parts a filter is made of, once parsed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["any", "parameter", "metric", "field"]
Value = float | str | bool | None
FIELDS = ("run_id", "id", "name", "experiment", "status", "group", "started", "duration", "tags")


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, text, true, false or none written in the filter."""

    value: Value


@dataclass(frozen=True, slots=True)
class Choice:
    """A list written after `in`."""

    items: tuple[Constant | Name, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """Something a run has. Kind `any` is looked up as a parameter, then a metric, then a field."""

    kind: Kind
    name: str


Operand = Constant | Choice | Name


@dataclass(frozen=True, slots=True)
class Comparison:
    """`first op operand op operand …`: true when each neighbouring pair is."""

    first: Operand
    rest: tuple[tuple[str, Operand], ...]


@dataclass(frozen=True, slots=True)
class Search:
    """A word or quoted text standing alone: searched in id, name, tags and texts of parameters."""

    text: str
    number: float | None
    """Where the word is a number: it also finds parameters equal to it."""


@dataclass(frozen=True, slots=True)
class All:
    """True when all parts are; an empty one is true."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """True when one part is."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True when its part is not."""

    part: Node


Node = Comparison | Search | All | Any | Not
