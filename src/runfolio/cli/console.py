"""What people see: aligned tables, colours where the terminal has them, progress where it takes long."""

from __future__ import annotations

import json
import shutil
import sys
import time
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

import click

from runfolio.model import Problem, Severity
from runfolio.place import Place

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_SHOWN_PER_KIND = 5


def print_json(value: Any) -> None:
    """Strict JSON on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2))


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """Columns as wide as their widest cell; those whose index is in `right` end at one edge."""
    cleaned = [[printable(cell) for cell in row] for row in rows]
    widths = [max(text_width(row[i]) for row in (list(header), *cleaned)) for i in range(len(header))]
    click.secho(_line(header, widths, right), bold=True)
    for row in cleaned:
        click.echo(_line(row, widths, right))


def print_fields(fields: Mapping[str, str], indent: str = "") -> None:
    """Names and values, one a line, the values under each other."""
    width = max((text_width(printable(name)) for name in fields), default=0)
    for name, value in fields.items():
        name = printable(name)
        click.echo(f"{indent}{name}{' ' * (width - text_width(name))}  {printable(value)}".rstrip())


def print_problems(
    problems: Sequence[Problem], *, err: bool = True, limit: int | None = _SHOWN_PER_KIND
) -> None:
    """Problems grouped by kind with counts, the worst first; at most `limit` of each kind."""
    for severity in Severity:
        kinds: dict[str, list[Problem]] = {}
        for problem in problems:
            if problem.severity is severity:
                kinds.setdefault(problem.slug, []).append(problem)
        for slug, found in kinds.items():
            label = click.style(f"{severity.value} {slug}", fg=_COLOURS[severity], bold=True)
            click.echo(f"{label} ({len(found)})" if len(found) > 1 else label, err=err)
            shown = found if limit is None else found[:limit]
            hints = {problem.hint for problem in found}
            for problem in shown:
                place = f"{problem.path}: " if problem.path else ""
                click.echo(f"  {printable(place + problem.message)}", err=err)
                if problem.hint and len(hints) > 1:
                    click.echo(f"    {printable(problem.hint)}", err=err)
            if len(found) > len(shown):
                click.echo(f"  … and {len(found) - len(shown)} more", err=err)
            if len(hints) == 1 and "" not in hints:
                click.echo(f"  → {printable(hints.pop())}", err=err)


def printable(text: str, longest: int = 200) -> str:
    """The text without control and direction marks, which could forge a terminal's output, cut where it runs on."""
    kept = "".join(char if unicodedata.category(char)[0] != "C" else "�" for char in text)
    return kept if len(kept) <= longest else kept[: longest - 1] + "…"


def printable_lines(text: str) -> str:
    """As `printable`, for a message of several lines."""
    return "\n".join(printable(line, longest=2000) for line in text.split("\n"))


def text_width(text: str) -> int:
    """Columns the text takes on a terminal."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(bool(unicodedata.combining(char)) for char in text)


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[int]) -> str:
    parts = []
    for i, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        space = " " * (width - text_width(cell))
        parts.append(space + cell if i in right else cell + space)
    return "  ".join(parts).rstrip()


def plural(count: int, word: str) -> str:
    """`1 page`, `14 pages`."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def shown_path(path: Place) -> str:
    """The path as the user would write it."""
    text = path.as_posix()
    return text if path.suffix or text.endswith("/") else text + "/"


class Progress:
    """A line on standard error, only on a terminal and only for what takes longer than a second."""

    _PATIENCE_S = 1.0
    _PAUSE_S = 0.1

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._is_on = self._stream.isatty()
        self._stage, self._total, self._done = "", 0, 0
        self._started = self._last = 0.0
        self._is_shown = False

    def start(self, stage: str, total: int | None) -> None:
        """A stage begins; `total` None: nobody knows how much there is."""
        self._stage, self._total, self._done = stage, total or 0, 0
        self._started = self._last = time.monotonic()

    def advance(self, n: int = 1) -> None:
        """So much more is done."""
        self._done += n
        now = time.monotonic()
        if self._is_on and now - self._started > self._PATIENCE_S and now - self._last > self._PAUSE_S:
            self._last = now
            self._is_shown = True
            self._stream.write("\r\x1b[2K" + self._text(now))
            self._stream.flush()

    def finish(self) -> None:
        """The stage is over; its line goes."""
        if self._is_shown:
            self._stream.write("\r\x1b[2K")
            self._stream.flush()
        self._is_shown = False

    def _text(self, now: float) -> str:
        if not self._total:
            return f"{self._stage} {self._done:,}"
        share = min(self._done / self._total, 1.0)
        width = max(min(shutil.get_terminal_size().columns - 50, 30), 0)
        bar = "━" * round(share * width) + "╌" * (width - round(share * width))
        taken = now - self._started
        left = taken * (1 - share) / share if share else 0.0
        return f"{self._stage} {bar} {self._done:,}/{self._total:,}, {self._done / taken:,.0f}/s, {left:.0f} s left"
