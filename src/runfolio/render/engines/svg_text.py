"""Text from strangers, made safe for XML and short enough for a picture."""

from __future__ import annotations

import html
import re

#: Not allowed in XML 1.0, or able to turn the order of the text around them.
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
MOST_IN_TITLE = 300
MOST_IN_DESCRIPTION = 2000


def clean(text: str) -> str:
    """The text on one line, without characters that XML forbids or that reorder what follows."""
    text = " ".join(text.split())
    return text if text.isprintable() else _UNFIT.sub("", text)


def escaped(text: str) -> str:
    """Clean text for XML content and attribute values."""
    return html.escape(clean(text))


def middle(text: str, most: int) -> str:
    """The text, or its beginning and its end around an ellipsis: at most `most` characters."""
    text = clean(text)
    if len(text) <= most:
        return text
    tail = most // 2
    return f"{text[: most - tail - 1]}…{text[len(text) - tail :]}"


def text_element(attributes: str, whole: str, shown: str) -> str:
    """A `<text>` with the (clean) `shown` text; where that is not the whole, its `<title>` is."""
    title = "" if shown == clean(whole) else f"<title>{escaped(middle(whole, MOST_IN_TITLE))}</title>"
    return f"<text {attributes}>{html.escape(shown)}{title}</text>"
