"""Pictures in event files: of each tag the ones of its latest step, as artifacts that lie inside the files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from runfolio.model import Artifact, Inside
from runfolio.readers.number import clean

#: A run shows no more than so many pictures.
MOST_IMAGES: Final = 60
#: First bytes → ending and media type of what TensorBoard shows.
_KINDS = (
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (b"GIF8", "gif", "image/gif"),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in an event file."""

    step: int
    path: str
    """Of the event file."""
    start: int
    size: int
    head: bytes
    """Its first bytes."""
    sha256: str


def picture(body: bytes, start: int, end: int, step: int, path: str) -> Picture:
    """The picture that lies there in the file's bytes."""
    content = memoryview(body)[start:end]
    return Picture(step, path, start, end - start, bytes(content[:16]), hashlib.sha256(content).hexdigest())


def image_artifacts(images: Mapping[str, Iterable[Picture]]) -> tuple[list[Artifact], list[str]]:
    """An artifact a picture, by tag; and the tags of those that are too many or of no known kind."""
    found: list[Artifact] = []
    left_out: list[str] = []
    for tag, pictures in sorted(images.items()):
        for place, item in enumerate(pictures):
            kind = next((words for head, *words in _KINDS if item.head.startswith(head)), None)
            if kind is None or len(found) >= MOST_IMAGES:
                left_out.append(tag)
                continue
            ending, media_type = kind
            name = clean(tag) or "unnamed"
            found.append(
                Artifact(
                    f"{name} ({place + 1})" if place else name,
                    "image",
                    media_type,
                    path=f"images/{_file_name(tag, place)}-{item.step}.{ending}",
                    size_bytes=item.size,
                    sha256=item.sha256,
                    step=item.step,
                    inside=Inside(item.path, item.start, item.size),
                )
            )
    return found, list(dict.fromkeys(left_out))


def _file_name(tag: str, place: int) -> str:
    """A name that any file system takes and no other tag has."""
    safe = re.sub(r"[^A-Za-z0-9_.-]+", "-", tag).strip(".-")[:60]
    mark = hashlib.sha256(f"{tag}\0{place}".encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return "-".join(filter(None, (safe, mark)))
