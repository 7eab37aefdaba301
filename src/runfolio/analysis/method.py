"""What the docstring of a statistic says, taken apart: the source of the page on how numbers are computed."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PARTS = ("Formula", "Shapes", "Missing values", "Refused", "Source")
"""What a statistic's docstring says after its first paragraph, in this order. Only `Refused` may be left out."""
_PART = re.compile(rf"^({'|'.join(PARTS)}): ", re.M)


@dataclass(frozen=True, slots=True)
class Method:
    """One statistic as its docstring tells it. Texts are single paragraphs."""

    name: str
    """What readers call it."""
    code: str
    """`welch.welch`: where it is computed, below runfolio.analysis."""
    says: str
    """The first paragraph: what comes back."""
    formula: str
    shapes: str
    missing_values: str
    refused: str
    """Empty where nothing is refused."""
    source: str


def method_of(name: str, function: Callable[..., Any]) -> Method:
    """The method that a function's docstring describes; texts it lacks are empty."""
    function = inspect.unwrap(function)
    doc = inspect.cleandoc(function.__doc__ or "")
    pieces = _PART.split(doc)
    found = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    text = {part: _line(found.get(part, "")) for part in PARTS}
    return Method(
        name=name,
        code=f"{function.__module__.rpartition('.')[2]}.{function.__name__}",
        says=_line(pieces[0]),
        formula=text["Formula"],
        shapes=text["Shapes"],
        missing_values=text["Missing values"],
        refused=text["Refused"],
        source=text["Source"],
    )


def _line(text: str) -> str:
    return " ".join(text.split())
