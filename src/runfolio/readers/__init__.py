"""From bytes to runs, one module a format. Built-in readers stand in formats.py; others come by entry point."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from runfolio.model import Problem, Severity
from runfolio.readers.formats import FORMATS
from runfolio.readers.late import LateReader
from runfolio.readers.reader import Entry, Reader, Reading, RowBlock, RunFiles, Signature, as_problem

__all__ = [
    "BUILT_IN",
    "Entry",
    "Reader",
    "Reading",
    "RowBlock",
    "RunFiles",
    "Signature",
    "all_readers",
    "as_problem",
    "plugin_problems",
]

#: In the order in which they are asked.
BUILT_IN: tuple[Reader, ...] = tuple(LateReader(name, known) for name, known in FORMATS.items())


def all_readers() -> tuple[Reader, ...]:
    """Readers of other packages (entry points `runfolio.readers`, sorted by name), then the built-in ones.

    Others come first so that they can take files that the general readers would take as well.
    """
    return (*_plugins()[0], *BUILT_IN)


def plugin_problems() -> tuple[Problem, ...]:
    """One for each reader of another package that cannot be loaded."""
    return _plugins()[1]


@cache
def _plugins() -> tuple[tuple[Reader, ...], tuple[Problem, ...]]:
    found: list[Reader] = []
    problems: list[Problem] = []
    for entry in sorted(entry_points(group="runfolio.readers"), key=lambda entry: entry.name):
        try:
            found.append(entry.load()())
        except Exception as error:  # somebody else's code: it must not stop the build
            message = (
                f"the reader `{entry.name}` cannot be loaded: {type(error).__name__}: {str(error)[:200]}"
            )
            hint = f"update or remove the package that brings it ({entry.value.partition('.')[0]})"
            problems.append(Problem("reader-failed", Severity.ERROR, message, hint=hint))
    return tuple(found), tuple(problems)
