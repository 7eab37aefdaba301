"""The errors Runfolio raises on purpose.

    RunfolioError              every one of them; has a slug, a place and a hint
    ├── UsageError             the command or call cannot be understood            (exit 2)
    ├── ConfigError            runfolio.toml is not valid; lists every fault       (exit 2)
    ├── NothingFoundError      no run, metric or page matches what was asked for   (exit 3)
    ├── FindingError           a finding's text is wrong, or asks for what is not there (exit 2)
    ├── WhereError             a filter expression cannot be parsed or resolved    (exit 2)
    ├── ReadError              a file is ours but broken; becomes a Problem        (exit 1 under --strict)
    ├── EngineError            a scheduler or its workers cannot be used           (exit 1)
    ├── SinkError              a page may not be written where it wants to go      (exit 1)
    ├── StoreError             an object store does not answer, or refuses         (exit 1)
    ├── ThemeError             a theme or template is missing or malformed         (exit 2)
    └── EmitError              a run cannot be started (only `start` raises it)

Messages say what happened, where, and what to do, in that order. Every slug has a heading in docs/messages.md.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable


class RunfolioError(Exception):
    """Something the user can understand and mend.

    Args:
        message: what happened, in the user's words, without a trailing full stop.
        slug: names the message in docs/messages.md; defaults to the class's own.
        path: file concerned, as the user would write it; with `line` (1-based) where known.
        hint: what to do about it.
    """

    slug: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        message: str,
        *,
        slug: str | None = None,
        path: str | None = None,
        line: int | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.error_slug = slug or self.slug
        self.path = path
        self.line = line
        self.hint = hint

    @property
    def place(self) -> str:
        """`file:line`, `file` or an empty string."""
        if self.path is None:
            return ""
        return self.path if self.line is None else f"{self.path}:{self.line}"

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        hint = f"\n  {self.hint}" if self.hint else ""
        return f"{where}{self.message}{hint}"


class UsageError(RunfolioError):
    """The command or call cannot be understood."""

    slug = "usage"
    exit_code = 2


class ConfigError(RunfolioError):
    """The configuration is not valid; the message lists every fault found."""

    slug = "config"
    exit_code = 2


class FindingError(RunfolioError):
    """A finding's text is wrong, or asks for a run, metric or file that is not there; the message lists every fault."""

    slug = "finding"
    exit_code = 2


class NothingFoundError(RunfolioError):
    """Nothing matches what was asked for."""

    slug = "nothing-found"
    exit_code = 3


class WhereError(RunfolioError):
    """A filter expression cannot be parsed, or names something unknown."""

    slug = "where"
    exit_code = 2


class ReadError(RunfolioError):
    """A file belongs to a reader but is broken; the catalog turns it into a Problem."""

    slug = "unreadable-file"


class EngineError(RunfolioError):
    """The runs cannot be read where that was asked for: the scheduler or its workers cannot be used."""

    slug = "scheduler"


class SinkError(RunfolioError):
    """A page may not be written where it wants to go."""

    slug = "refused-output"


class StoreError(RunfolioError):
    """An object store does not answer, or refuses what was asked."""

    slug = "store"


class ThemeError(RunfolioError):
    """A theme or one of its templates is missing or malformed."""

    slug = "theme"
    exit_code = 2


class EmitError(RunfolioError):
    """A run cannot be started; nothing else in the emitter raises."""

    slug = "emit"


def nearest(name: str, known: Iterable[str]) -> str:
    """`; nearest: `x`` for the closest known name, or an empty string: to be added to a message."""
    found = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; nearest: `{found[0]}`" if found else ""
