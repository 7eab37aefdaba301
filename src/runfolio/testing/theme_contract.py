"""What every theme keeps to, as tests: subclass, name the theme, run pytest.

    class TestMyTheme(ThemeContract):
        theme = "mytheme"
        project = Path("report")

`theme_faults` gives the same as a list of sentences, for a script or a command.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path

from runfolio.catalog import read_catalog
from runfolio.errors import ThemeError
from runfolio.findings.folder import Findings
from runfolio.findings.options import FindingsOptions
from runfolio.pages.options import SiteOptions
from runfolio.pages.plan import SitePlan
from runfolio.pages.site_pages import plan_site
from runfolio.render.renderer import Renderer
from runfolio.render.theme import ROOT, Theme, find_theme
from runfolio.testing.factories import curve_rows, write_run

#: Least contrast of text against what is behind it, and of lines and marks (WCAG 2.2, 1.4.3 and 1.4.11).
TEXT_CONTRAST = 4.5
MARK_CONTRAST = 3.0
TEXTS = ("ink", "ink-2", "accent", "better", "worse", "warning")
MARKS = ("edge", "baseline", "focus", "category-", "sequence-")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_LITERAL = re.compile(r":[^;{}]*?(#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch)a?\()[^;{}]*[;}]")


class ThemeContract:
    """Subclass, set `theme` and, where the theme lies beside a runfolio.toml, `project`."""

    theme: str
    project: Path | None = None

    def test_tokens_are_those_of_base(self) -> None:
        """Every token has a value that can be used, and none of base's is missing."""
        assert token_faults(find_theme(self.theme, self.project)) == []

    def test_colours_can_be_told_from_the_background(self) -> None:
        """Text reaches 4.5:1 and marks 3:1, light and dark."""
        assert contrast_faults(find_theme(self.theme, self.project)) == []

    def test_style_sheets_take_colours_from_tokens(self) -> None:
        """No style sheet has a colour of its own."""
        assert style_faults(find_theme(self.theme, self.project)) == []

    def test_every_page_can_be_rendered(self, tmp_path: Path) -> None:
        """Each kind of page renders, asks for nothing its context has not, and holds nothing inline."""
        assert page_faults(Renderer(self.theme, self.project), sample_site(tmp_path)) == []


def theme_faults(theme: str, folder: Path, project: Path | None = None) -> list[str]:
    """Everything that is wrong with a theme, in sentences.

    Args:
        theme: name or folder.
        folder: empty; the runs of the sample site are written there.
        project: the folder that holds the theme, where it is not installed.
    """
    try:
        found = find_theme(theme, project)
        pages = page_faults(Renderer(theme, project), sample_site(folder))
    except ThemeError as error:
        return [error.message]
    return [*token_faults(found), *contrast_faults(found), *style_faults(found), *pages]


def token_faults(theme: Theme) -> list[str]:
    """Tokens of base that the theme lacks; values that cannot be read are a ThemeError when it is found."""
    base = find_theme(ROOT).tokens
    faults = [f"the token `{name}` is missing" for name in base.light if name not in theme.tokens.light]
    return faults + [
        f"the token `{name}` is missing" for name in base.plain if name not in theme.tokens.plain
    ]


def contrast_faults(theme: Theme) -> list[str]:
    """Texts and marks that are too close to their background."""
    return [
        f"{mode}: `{name}` has {found:.2f}:1 on `{behind}`, less than {least}:1"
        for mode, colours in (("light", theme.tokens.light), ("dark", theme.tokens.dark))
        for name, behind, least in _pairs(colours)
        if (found := contrast(colours[name], colours[behind])) < least
    ]


def _pairs(colours: Mapping[str, str]) -> Iterator[tuple[str, str, float]]:
    """(colour, what is behind it, least contrast) of one mode."""
    for name in colours:
        if name in TEXTS:
            yield name, "bg", TEXT_CONTRAST
            yield name, "bg-2", TEXT_CONTRAST
        elif name.startswith("heat-"):
            yield "ink", name, TEXT_CONTRAST
        elif name.startswith(MARKS):
            yield name, "bg", MARK_CONTRAST


def contrast(first: str, second: str) -> float:
    """The contrast of two colours `#rrggbb`, 1 to 21, by WCAG 2.2's definition; an opacity is not counted."""
    lights = sorted(_luminance(colour) for colour in (first, second))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def style_faults(theme: Theme) -> list[str]:
    """Colours that stand in a style sheet instead of in tokens.toml."""
    return [
        f"{name} has the colour `{found[1]}`; name a token: var(--…)"
        for name in theme.styles
        for found in _LITERAL.finditer(_COMMENT.sub("", theme.read(f"assets/{name}").decode("utf-8")))
    ]


def page_faults(renderer: Renderer, site: SitePlan) -> list[str]:
    """What is wrong with the pages of a site: templates that fail, and what the content policy would block."""
    faults = []
    for page in site.pages:
        try:
            html = renderer.render(page).decode("utf-8")
        except ThemeError as error:
            faults.append(f"{page.page_id}: {error.path}:{error.line}: {error.message}")
        else:
            faults += [f"{page.page_id}: {fault}" for fault in html_faults(html)]
    return faults


def html_faults(html: str) -> list[str]:
    """What the content policy would block in a page, and what would lose a reader who cannot see it."""
    reader = _PageReader()
    reader.feed(html)
    reader.close()
    return [*reader.faults, *_heading_faults(reader.headings), *_id_faults(reader)]


class _PageReader(HTMLParser):
    """Collects what a page may not hold, its headings, ids and the ids it refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.references: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "style":
            self.faults.append("a style element; put it into a style sheet")
        if tag == "script" and "src" not in attributes and attributes.get("type") != "application/json":
            self.faults.append("an inline script; put it into a script of the theme")
        for name, value in attributes.items():
            self._attribute(tag, name, value)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "html" and not attributes.get("lang"):
            self.faults.append("no language on <html>")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name == "style" or name.startswith("on"):
            self.faults.append(f"the attribute `{name}` on <{tag}>, which the content policy blocks")
        if name in ("href", "src") and value.strip().lower().startswith("javascript:"):
            self.faults.append(f"a link on <{tag}> that runs a script")
        if name == "src" and re.match(r"(?:[a-z]+:)?//", value):
            self.faults.append(f"<{tag}> fetches `{value}` from another host")
        if name == "id":
            self.ids.append(value)
        if name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            self.references += value.split()


def _heading_faults(levels: Sequence[int]) -> list[str]:
    faults = [] if levels.count(1) == 1 else [f"{levels.count(1)} h1 headings instead of one"]
    return faults + [
        f"an h{after} follows an h{before}"
        for before, after in itertools.pairwise(levels)
        if after > before + 1
    ]


def _id_faults(reader: _PageReader) -> list[str]:
    twice = sorted({name for name in reader.ids if reader.ids.count(name) > 1})
    lost = sorted(set(reader.references) - set(reader.ids))
    return [f"the id `{name}` stands twice" for name in twice] + [
        f"nothing has the id `{name}`" for name in lost
    ]


def sample_site(folder: Path) -> SitePlan:
    """The plan of a small site that has every kind of page and part: written below an empty folder and read back."""
    folder = folder / "sample"
    for place, model in enumerate(("tree", "mlp", "svm")):
        for seed in range(3):
            write_run(
                folder / "first" / f"{model}-{seed}",
                curve_rows(12, ("loss", "val/acc"), seed=10 * place + seed),
                parameters={"model": model, "lr": 10.0**-place, "seed": seed, "epochs": 12},
            )
    for number in range(8):
        write_run(
            folder / "many" / f"r{number}", curve_rows(3, ("acc",), seed=number), parameters={"width": number}
        )
    _write_odd_runs(folder)
    options = SiteOptions(title="Sample", description="A sample.", disclose=frozenset(["diff", "variables"]))
    findings = Findings(_write_findings(folder.parent), FindingsOptions())
    return plan_site(read_catalog([folder], workers=1), options, findings)


def _write_findings(folder: Path) -> Path:
    """The folder, with a finding that has every kind of block, and one that waits for its runs."""
    (folder / "findings").mkdir()
    (folder / "findings" / "all.md").write_text(_FINDING, encoding="utf-8")
    waiting = '+++\nstatus = "open question"\n+++\n\n{{ best("later") }}\n\n```chart\nmetric = "later"\n```\n'
    (folder / "findings" / "waiting.md").write_text(waiting, encoding="utf-8")
    return folder


_FINDING = """\
+++
title = "Everything a finding can hold"
author = "A. Tester"
date = 2026-11-21
experiment = "first"
status = "draft"
tags = ["sample"]
summary = "A sample."
pinned = true
+++

{{ leader("val/acc") }} has {{ best("val/acc") }}, see [its experiment](experiment:first).[^1]

## Charts and tables

```chart
metric = "val/acc"
caption = "A caption."
```

```table
metric = "val/acc"
```

```leaderboard
metric = "val/acc"
```

```compare
sides = ["model == 'tree'", "model == 'mlp'"]
metric = "val/acc"
```

```runs
metric = ["val/acc"]
limit = 3
```

```value
value = 'count()'
label = "Runs"
```

## Claims

```claim
is = "none failed"
experiment = "first"
```

```gate
is = "above"
metric = "val/acc"
group = "model == 'tree'"
than = 2.0
```

## The rest

> [!NOTE]
> A callout, and $x^2$.

- [x] done

| a | b |
|---|--:|
| 1 | 2 |

```python
print("code")
```

[^1]: A note.
"""


def _write_odd_runs(folder: Path) -> None:
    """A run with everything a run can have, one that failed, one that diverged, one that cannot be read whole."""
    files = {
        "a.png": "image",
        "a.html": "html",
        "a.csv": "table",
        "a.json": "figure",
        "a.txt": "text",
        "a.bin": "file",
    }
    types = {
        "png": "image/png",
        "html": "text/html",
        "csv": "text/csv",
        "json": "application/json",
        "txt": "text/plain",
    }
    write_run(
        folder / "second" / "full",
        [*curve_rows(12), {"step": 12, "loss": float("nan")}],
        notes="# Note\n\n[A link](https://example.org), a list:\n\n- one\n",
        events=[
            {"event": "artifact", "name": name, "path": f"artifacts/{name}", "kind": kind, "step": 3,
             "media_type": types.get(name.partition(".")[2], "application/octet-stream"), "size_bytes": 4}
            for name, kind in files.items()
        ] + [{"event": "alert", "title": "Hot", "text": "90 °C", "level": "warning", "time": 1.5},
             {"event": "artifact", "name": "far", "uri": "s3://bucket/far", "kind": "model"}],
        artifacts={name: b'{"data": []}' if name == "a.json" else b"a,b\n" for name in files},
        tags=["one"], group="g", parent="failed", password="x",
        environment={"python": "3.12", "packages": {"numpy": "2"}, "variables": {"A": "1"}},
        git={"commit": "c" * 40, "branch": "main", "dirty": True},
        data=[{"name": "set", "sha256": "ab" * 32}],
    )  # fmt: skip
    write_run(folder / "second" / "failed", status="failed", error="Traceback:\nValueError: no")
    torn = write_run(folder / "second" / "torn", curve_rows(3))
    (torn / "metrics.jsonl").write_bytes(b'{"step": 0, "loss": 1}\n{"st\n{"step": 1, "loss": 2}\n')
    write_run(folder / "third" / "silent")
