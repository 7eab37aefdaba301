"""A file that lies in a run's folder, as an artifact."""

from __future__ import annotations

from runfolio.emit.media import described, media_type_of
from runfolio.model import Artifact
from runfolio.readers.reader import Entry


def file_artifact(
    name: str, entry: Entry, step: int | None = None, kind: str | None = None, path: str | None = None
) -> Artifact:
    """The artifact; its kind, where none is given, follows from the ending of the file."""
    words = described(name, kind, media_type_of(entry.path))
    return Artifact(**words, path=path or entry.path, size_bytes=entry.size_bytes, step=step)
