"""Files in a run's folder as its artifacts: kind and media type follow from the name."""

from __future__ import annotations

from collections.abc import Iterable

from runfolio.emit.media import described, media_type_of
from runfolio.model import Artifact
from runfolio.readers.reader import Entry


def artifact_files(entries: Iterable[Entry], kind: str | None = None) -> tuple[Artifact, ...]:
    """An artifact a file, sorted by path; links are left out, since they may lead anywhere."""
    return tuple(
        Artifact(**described(entry.path, kind), path=entry.path, size_bytes=entry.size_bytes)
        for entry in sorted(entries, key=lambda entry: entry.path)
        if not entry.is_link
    )


def named_artifact(name: str, entry: Entry, step: int | None = None) -> Artifact:
    """The file under another name; its kind still follows from the file's own."""
    words = described(name, None, media_type_of(entry.path))
    return Artifact(**words, path=entry.path, size_bytes=entry.size_bytes, step=step)
