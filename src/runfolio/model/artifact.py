"""What a run leaves behind besides numbers: artifacts and alerts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Inside:
    """Bytes in the middle of a file."""

    path: str
    """Of the file, relative to the run's folder, posix."""
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file a run produced, copied into its folder or referred to."""

    name: str
    kind: str
    """image, figure, table, text, html, audio, video, model, diff, file."""
    media_type: str
    path: str | None = None
    """Relative to the run's folder, posix; None when it lies elsewhere."""
    uri: str | None = None
    """Where it lies when it was not copied in."""
    size_bytes: int | None = None
    sha256: str | None = None
    step: int | None = None
    inside: Inside | None = None
    """Where its bytes lie when `path` is only the name it would have as a file of its own."""


@dataclass(frozen=True, slots=True)
class Alert:
    """Something a run wanted a person to notice."""

    title: str
    text: str = ""
    level: str = "info"
    """info, warning or error."""
    time_s: float | None = None
    """Seconds since the run started."""
