"""Settings of other tools without what names a machine or a person: of absolute paths the last part stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from runfolio.model import ParameterValue
from runfolio.readers.flatten import parameters_of

_PLACE = re.compile(r"(?:file://)?(?:/[^/\n]+){2,}/?|[A-Za-z]:\\[^\n]+")
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
_DEEPEST = 32


Value = TypeVar("Value")


def without_place(text: Value) -> Value | str:
    """The last part of a text that is an absolute path; of other texts all but e-mail addresses; other values as they are."""
    if not isinstance(text, str):
        return text
    if _PLACE.fullmatch(text):
        return re.split(r"[/\\]", text.rstrip("/\\"))[-1]
    return _ADDRESS.sub("(address)", text) if "@" in text else text


def settings_of(nested: Mapping[str, object], prefix: str = "") -> dict[str, ParameterValue]:
    """As `parameters_of`, each text as `without_place` gives it."""
    return parameters_of({name: _cleared(value) for name, value in nested.items()}, prefix)


def _cleared(value: object, depth: int = 0) -> object:
    if isinstance(value, str):
        return without_place(value)
    if depth > _DEEPEST:
        return value
    if isinstance(value, list):
        return [_cleared(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {name: _cleared(item, depth + 1) for name, item in value.items()}
    return value
