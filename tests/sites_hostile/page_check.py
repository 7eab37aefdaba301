"""What a page may hold: an HTML parser's view of it, sharing no code with Runfolio."""

from __future__ import annotations

import json
import posixpath
from collections import Counter
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
#: The only data blocks that the templates know.
DATA_BLOCKS = frozenset(("data-figure", "data-live", "data-compare-sources", "data-visit"))
LINKS = frozenset(("href", "src", "data", "poster", "action", "formaction", "srcset", "xlink:href"))
#: Given from the site's root.
FROM_ROOT = frozenset(("data-table-source", "data-search-source", "data-plotly"))


class Page(HTMLParser):
    """One page, read strictly: every element is closed in its place."""

    def __init__(self, path: str, data: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.path = path
        self.counts: Counter[str] = Counter()
        self.ids: list[str] = []
        self.links: list[tuple[str, str, str]] = []
        self.scripts: list[dict[str, str]] = []
        self.texts: list[str] = []
        self.faults: list[str] = []
        self._open: list[str] = []
        self._script = ""
        self.feed(data.decode("utf-8"))
        self.close()
        if self._open:
            self.faults.append(f"never closed: {self._open}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._element(tag, attrs)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._element(tag, attrs)
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing at {self.getpos()}")
        if tag == "script":
            self.scripts[-1]["text"] = self._script
            self._script = ""

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "script":
            self._script += data
        else:
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"comment {data[:60]!r}")

    def _element(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.counts[tag] += 1
        if len(given) != len(attrs):
            self.faults.append(f"<{tag}> has an attribute twice")
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "script":
            self.scripts.append({**given, "text": ""})
        if tag in ("base", "object", "embed", "applet", "form"):
            self.faults.append(f"<{tag}>")
        if tag == "iframe" and "sandbox" not in given:
            self.faults.append("iframe without sandbox")
        if "allow-same-origin" in given.get("sandbox", ""):
            self.faults.append("sandbox that allows the site's own origin")
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            self.faults.append("meta refresh")
        for name, value in given.items():
            if name.startswith("on") or name == "style" or name == "srcdoc":
                self.faults.append(f"<{tag} {name}={value[:40]!r}>")
            if name in LINKS or name in FROM_ROOT:
                self.links.append((tag, name, value))

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not strict JSON")


def script_faults(page: Page) -> Iterator[str]:
    """What is wrong with the page's scripts: one classic script of the theme, and data blocks that hold JSON."""
    for script in page.scripts:
        text = script["text"]
        if "src" in script:
            if text.strip() or not posixpath.basename(script["src"]).startswith("app."):
                yield f"script {script['src']} {text[:40]!r}"
        elif script.get("type") != "application/json" or not DATA_BLOCKS & script.keys():
            yield f"script with code: {text[:60]!r}"
        else:
            try:
                json.loads(text, parse_constant=_refuse)
            except ValueError as error:
                yield f"{error}: {text[:60]!r}"
    if sum("src" in script for script in page.scripts) != 1:
        yield "not exactly one script file"
    figures = sum("data-figure" in script for script in page.scripts)
    if figures > page.counts["figure"]:
        yield f"{figures} data blocks for {page.counts['figure']} figures"


def link_faults(page: Page, pages: Mapping[str, Page], files: Mapping[str, bytes]) -> Iterator[str]:
    """Links that do not resolve, or that leave the site in a way that is not harmless."""
    for tag, name, value in page.links:
        parts = urlsplit(value)
        if parts.scheme or parts.netloc:
            if tag != "a" or parts.scheme not in ("http", "https", "mailto"):
                yield f"<{tag} {name}={value[:60]!r}> leaves the site"
            continue
        folder = "" if name in FROM_ROOT else posixpath.dirname(page.path)
        target = posixpath.normpath(posixpath.join(folder, unquote(parts.path))) if parts.path else page.path
        if target not in files:
            yield f"<{tag} {name}={value[:80]!r}> leads nowhere"
            continue
        anchor = unquote(parts.fragment.partition("?")[0])
        if anchor and target in pages and anchor not in pages[target].ids:
            yield f"<{tag} {name}={value[:80]!r}>: {target} has no such anchor"


def read_pages(files: Mapping[str, bytes]) -> dict[str, Page]:
    """Every page of the site; copied artifacts are none."""
    return {
        path: Page(path, data)
        for path, data in files.items()
        if path.endswith(".html") and not path.startswith("artifacts/")
    }
