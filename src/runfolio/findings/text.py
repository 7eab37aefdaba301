"""Texts that people and strangers wrote, before they stand on a page."""

from __future__ import annotations

import html
import re

#: Characters that no page should hold: controls, and the marks that turn the reading direction of what follows.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def plain(text: str) -> str:
    """The text without control characters and direction marks, which could make a name look like another."""
    return text if text.isprintable() else _INVISIBLE.sub("\ufffd", text)


def escaped(text: str) -> str:
    """The text as it may stand in HTML, also inside an attribute in double quotes."""
    return html.escape(plain(text), quote=True)
