"""What is said of the broken lines of a file: the first ones by number, the others together."""

from __future__ import annotations

from collections.abc import Sequence

from runfolio.model import Problem, Severity
from runfolio.readers.reader import RunFiles

_SHOWN = 5
#: One, several, and what became of the others.
Words = tuple[str, str, str]
JSON_LINE: Words = (
    "the line is no JSON object",
    "lines are no JSON objects",
    "the other lines were read; a line is torn where the disk was full or two programs wrote one file",
)


def broken_lines(
    broken: Sequence[int], files: RunFiles, path: str, run_id: str, words: Words = JSON_LINE
) -> list[Problem]:
    """One Problem for each of the first broken lines (1-based numbers), and one for all others together."""
    one, several, hint = words
    told = [(one, files.place(path, line)) for line in broken[:_SHOWN]]
    if len(broken) > _SHOWN:
        more = f"{len(broken) - _SHOWN} more {several}, the first is line {broken[_SHOWN]}"
        told.append((more, files.place(path)))
    return [Problem("broken-line", Severity.WARNING, text, place, run_id, hint) for text, place in told]
