"""Raw HTML of a finding, where the project allows it: cleaned by a library that parses as browsers do."""

from __future__ import annotations

import nh3

_TAGS = {
    *[
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "hr",
        "i",
        "ins",
        "kbd",
        "li",
        "mark",
    ],
    *[
        "a",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
        "var",
        "wbr",
    ],
}
_ATTRIBUTES = {
    "*": {"title", "lang", "dir"},
    "a": {"href"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
}


def cleaned(html: str) -> str:
    """The HTML without scripts, styles, forms, frames, images and handlers; links lead to the web or inside the page."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noreferrer noopener",
        attribute_filter=_kept,
        clean_content_tags={"script", "style", "template", "noscript"},
    )


def _kept(element: str, attribute: str, value: str) -> str | None:
    """The attribute's value; None for a link to a file, which the site may not have."""
    if attribute == "href" and not value.lower().startswith(("http://", "https://", "mailto:", "#")):
        return None
    return value
