"""The list of what a build wrote, kept in the site's folder: it makes builds incremental and pruning safe.

    {"format": 1, "files": {"runs/a.html": {"key": "…", "sha256": "…", "size": 123, "broken": ["…"]}}}

`broken` names links that led nowhere, so that they are reported by every build until they are mended.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from runfolio.errors import SinkError
from runfolio.site.sink import Sink

MANIFEST_FILE = ".runfolio-manifest.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the site. An entry with an empty key was announced, but its writing was never confirmed."""

    key: str
    sha256: str
    size: int
    broken: tuple[str, ...] = ()


ANNOUNCED = Entry("", "", -1)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an earlier build wrote, by path."""

    files: Mapping[str, Entry] = field(default_factory=dict)
    written_ns: int = 0
    """When it was written: a file that has not changed since then still is what the manifest says."""
    is_damaged: bool = False
    """True where there was one that could not be read: the site is ours, but nothing is known of its files."""


def read_manifest(sink: Sink) -> Manifest | None:
    """The site's manifest; None where there is none. A damaged one, or one of an older format, lists no files.

    Raises:
        SinkError: a newer Runfolio wrote it.
    """
    data = sink.read(MANIFEST_FILE)
    state = sink.state(MANIFEST_FILE)
    if data is None or state is None:
        return None
    try:
        number = _head.decode(data).format
        if number == FORMAT:
            return Manifest(_content.decode(data).files, state.modified_ns)
    except ValueError:
        return Manifest(is_damaged=True)
    if number > FORMAT:
        raise SinkError(
            f"this site was built by a newer Runfolio (manifest format {number}, this one knows {FORMAT})",
            path=f"{sink.name}/{MANIFEST_FILE}",
            hint="update Runfolio, or build into another folder with --out",
        )
    return Manifest(is_damaged=True)


def write_manifest(sink: Sink, files: Mapping[str, Entry]) -> None:
    """Nothing; the site's manifest now lists these files. Equal bytes are left alone, time and all."""
    data = manifest_bytes(files)
    if sink.read(MANIFEST_FILE) != data:
        sink.write(MANIFEST_FILE, data, durable=True)


def manifest_bytes(files: Mapping[str, Entry]) -> bytes:
    """The manifest's file: sorted, one line a file, so that it diffs well where sites are committed."""
    lines = [f"{json.dumps(path)}:{json.dumps(_item(files[path]))}" for path in sorted(files)]
    return "".join((f'{{"format":{FORMAT},"files":{{\n', ",\n".join(lines), "\n}}\n")).encode()


def _item(entry: Entry) -> dict[str, object]:
    item: dict[str, object] = {"key": entry.key, "sha256": entry.sha256, "size": entry.size}
    if entry.broken:
        item["broken"] = list(entry.broken)
    return item


@dataclass(frozen=True, slots=True)
class _Head:
    """What the file says first."""

    format: int


@dataclass(frozen=True, slots=True)
class _Content:
    """All that the file says, in this format."""

    files: dict[str, Entry]


_head, _content = msgspec.json.Decoder(_Head), msgspec.json.Decoder(_Content)
