"""The beginning of a finding: TOML between two lines of `+++`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from runfolio.findings.fault import Fault
from runfolio.toml.lines import KeyLines
from runfolio.toml.section import Faults, Section

FENCE = "+++"
_LINE = re.compile(r"line (\d+)")
_PLACE = re.compile(r" \(at [^()]*\)$")


class FindingStatus(StrEnum):
    """How far a finding is. `open question`: its runs may not be there yet, and what is missing is no mistake."""

    DRAFT = "draft"
    OPEN_QUESTION = "open question"
    FINAL = "final"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a finding says about itself."""

    title: str = ""
    authors: tuple[str, ...] = ()
    day: date | None = None
    experiment: str = ""
    """The experiment that blocks and values mean where they name none."""
    status: FindingStatus | None = None
    tags: tuple[str, ...] = ()
    summary: str = ""
    pinned: bool = False
    """Leads the overview."""
    order: float | None = None
    lines: int = 0
    """Lines of the file that it takes, its fences included."""
    experiment_line: int = 1


def read_front_matter(text: str) -> tuple[FrontMatter, tuple[Fault, ...]]:
    """What stands between the fences, and what is wrong with it; nothing where the text does not begin with one."""
    lines = text.splitlines()
    if not lines or lines[0].rstrip() != FENCE:
        if lines and lines[0].rstrip() == "---":
            message = "front matter is TOML between two lines of `+++`, not YAML between `---`"
            return FrontMatter(), (Fault(1, message, 'write `+++`, then lines such as title = "…"'),)
        return FrontMatter(), ()
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), None)
    if end is None:
        return FrontMatter(lines=len(lines)), (
            Fault(1, "the front matter has no end: a second line of `+++`"),
        )
    inner = "\n".join(lines[1:end]) + "\n"
    table, faults = read_toml(inner, 1)
    if table is None:
        return FrontMatter(lines=end + 1), faults
    section, found = opened(inner, table)
    front = _front(section, end + 1, (KeyLines(inner).of(("experiment",)) or 0) + 1)
    return front, noted(section, found, 1)


def read_toml(text: str, before: int) -> tuple[dict[str, Any] | None, tuple[Fault, ...]]:
    """The table of a text that begins after so many lines of its file; None and a fault where it is no TOML."""
    try:
        return tomllib.loads(text), ()
    except tomllib.TOMLDecodeError as error:
        place = _LINE.search(str(error))
        line = int(place[1]) if place else text.count("\n")
        # The parser counts its lines from the fence; the place in the file is said before the message.
        words = _PLACE.sub("", str(error))
        return None, (Fault(before + max(line, 1), f"this is not TOML: {words}"),)


def opened(text: str, table: dict[str, Any]) -> tuple[Section, Faults]:
    """The table, to be read key by key, and where its faults are gathered."""
    faults = Faults(Path(), KeyLines(text))
    return Section(faults, table), faults


def noted(section: Section, faults: Faults, before: int) -> tuple[Fault, ...]:
    """What was wrong with the table, once all known keys were asked for; lines count from the file's beginning."""
    section.no_others()
    return tuple(Fault(before + (line or 0), message) for line, message in dict.fromkeys(faults.found))


def _front(section: Section, lines: int, experiment_line: int) -> FrontMatter:
    return FrontMatter(
        title=section.text("title") or "",
        authors=section.texts("author", accept_one=True),
        day=section.day("date"),
        experiment=section.text("experiment") or "",
        status=section.word("status", FindingStatus),
        tags=section.texts("tags", accept_one=True),
        summary=section.text("summary") or "",
        pinned=section.flag("pinned"),
        order=section.number("order"),
        lines=lines,
        experiment_line=experiment_line,
    )
