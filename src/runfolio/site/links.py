"""Every link of every generated page leads somewhere: to a file of the site, and to an anchor that exists in it.

Pages are our own output, where attribute values always stand in double quotes and a quote in text is always
escaped. Therefore splitting at ` href="` finds all links, a hundred times faster than an HTML parser.
"""

from __future__ import annotations

import html
import posixpath
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from runfolio.model import Problem, Severity

_FROM_PAGE = ("href", "xlink:href", "src", "poster", "data")
_FROM_ROOT = ("data-table-source", "data-search-source", "data-plotly")


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it stands in a page, and what it means."""

    text: str
    target: str
    """Path from the site's root; empty where the link cannot mean a file of the site."""
    anchor: str = ""


@dataclass(slots=True)
class LinkCheck:
    """Checks pages against the files of one site; what it learns of a target is kept for the next page."""

    read: Callable[[str], bytes | None]
    """Gives a file of the site by its path, or None."""
    files: Collection[str]
    """Paths of the site's files."""
    _anchors: dict[str, frozenset[str]] = field(default_factory=dict)

    def broken(self, page: str) -> tuple[str, ...]:
        """The links of the page that lead nowhere, as they are written, sorted."""
        data = self.read(page)
        if data is None:
            return ()
        return tuple(sorted({link.text for link in links_of(page, data) if not self._leads_somewhere(link)}))

    def _leads_somewhere(self, link: Link) -> bool:
        if link.target not in self.files and (not link.target or self.read(link.target) is None):
            return False
        return (
            not link.anchor
            or not link.target.endswith(".html")
            or link.anchor in self._anchors_of(link.target)
        )

    def _anchors_of(self, page: str) -> frozenset[str]:
        if page not in self._anchors:
            self._anchors[page] = frozenset(_values(_one_line(self.read(page) or b""), "id"))
        return self._anchors[page]


def links_of(page: str, data: bytes) -> Iterable[Link]:
    """The page's links to places inside the site. Links to other places (`https:`, `mailto:`, `data:`) are left out."""
    line = _one_line(data)
    for attributes, folder in ((_FROM_PAGE, posixpath.dirname(page)), (_FROM_ROOT, "")):
        for text in {text for name in attributes for text in _values(line, name)}:
            link = _resolve(text, folder, page)
            if link is not None:
                yield link


def _one_line(data: bytes) -> bytes:
    """The page with a blank before every attribute, wherever its lines break."""
    return data.replace(b"\n", b" ").replace(b"\t", b" ")


def _values(line: bytes, attribute: str) -> list[str]:
    """The attribute's values."""
    parts = line.split(f' {attribute}="'.encode())[1:]
    return [html.unescape(part.partition(b'"')[0].decode("utf-8", "replace")) for part in parts]


def _resolve(text: str, folder: str, page: str) -> Link | None:
    try:
        parts = urlsplit(text)
    except ValueError:
        return Link(text, "")
    if parts.scheme or parts.netloc:
        return None
    # A fragment may carry a reader's state after the anchor: `#compare?r=a,b`.
    anchor = unquote(parts.fragment.partition("?")[0])
    if not parts.path:
        return Link(text, page, anchor)
    target = posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
    is_file_inside = not (parts.path.startswith("/") or parts.path.endswith("/") or target.startswith(".."))
    return Link(text, target if is_file_inside else "", anchor)


def mentions_any(data: bytes, paths: Iterable[str]) -> bool:
    """True where the page holds the file name of one of the paths, and so may link to it."""
    return any(posixpath.basename(path).encode() in data for path in paths)


def broken_link_problem(page: str, link: str) -> Problem:
    """The problem for one link that leads nowhere."""
    return Problem(
        "broken-link",
        Severity.WARNING,
        f"`{page}` links to `{link}`, which is not in the site",
        path=page,
        hint="in a note or template: correct the link; anywhere else this is a fault in Runfolio",
    )
