"""Absolute paths in other tools' settings: only their last part may be shown."""

from __future__ import annotations

import re
from typing import TypeVar

_PLACE = re.compile(r"(?:file://)?(?:/[^/\s]+){2,}/?|[A-Za-z]:\\\S+")

Value = TypeVar("Value")


def without_place(value: Value) -> Value | str:
    """The last part of a text that is an absolute path; every other value as it is."""
    if isinstance(value, str) and _PLACE.fullmatch(value):
        return re.split(r"[/\\]", value.rstrip("/\\"))[-1]
    return value
