"""Who is told how long work takes."""

from __future__ import annotations

from typing import Protocol


class Reporter(Protocol):
    """Follows long work stage by stage; a terminal shows it as a bar."""

    def start(self, stage: str, total: int | None) -> None:
        """A stage begins; `total` is None where the amount is unknown."""

    def advance(self, n: int = 1) -> None:
        """So much more is done."""

    def finish(self) -> None:
        """The stage has ended."""


class Silence:
    """A reporter that tells nobody."""

    def start(self, stage: str, total: int | None) -> None:
        """Nothing."""

    def advance(self, n: int = 1) -> None:
        """Nothing."""

    def finish(self) -> None:
        """Nothing."""
