"""The last build of a site in a nutshell: where nothing was touched since, there is nothing to read, plan or write.

Kept beside the cache; it may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from runfolio.catalog.look import Look, look_the_same
from runfolio.model import Problem
from runfolio.site.manifest import MANIFEST_FILE, Manifest, read_manifest
from runfolio.site.report import BuildReport
from runfolio.site.sink import FolderSink


@dataclass(frozen=True, slots=True)
class LastBuild:
    """What must be as it was, and what to report then."""

    key: str
    """Digest of versions, options and theme."""
    looks: tuple[Look, ...]
    """Every folder that was listed on the way to the runs."""
    manifest: bytes
    """SHA-256 of the site's manifest."""
    runs: int
    problems: tuple[Problem, ...]


_decoder = msgspec.msgpack.Decoder(LastBuild)


def place_of(folder: Path, out: Path) -> Path:
    """The file that keeps a site's last build, in the folder of the cache."""
    name = hashlib.sha256(os.fsencode(out.resolve())).hexdigest()[:12]
    return folder / f"last-build-{name}.msgpack"


def remember(place: Path, build: LastBuild) -> None:
    """Nothing; the file holds the build. Where it cannot be written the next build takes longer."""
    with suppress(OSError):
        partial = place.with_suffix(f".{os.getpid()}.tmp")
        partial.write_bytes(msgspec.msgpack.encode(build))
        partial.replace(place)


def forget(place: Path) -> None:
    """Nothing; the next build looks at everything."""
    with suppress(OSError):
        place.unlink(missing_ok=True)


def untouched(place: Path, key: str, sink: FolderSink) -> BuildReport | None:
    """The report of a build that has nothing to do; None where it must look closer."""
    try:
        last = _decoder.decode(place.read_bytes())
    except (OSError, ValueError):
        return None
    if last.key != key or last.manifest != manifest_digest(sink):
        return None
    manifest = read_manifest(sink)
    if manifest is None or not look_the_same(last.looks) or not _is_whole(manifest, sink.root):
        return None
    return BuildReport(last.runs, (), len(manifest.files), (), last.problems)


def manifest_digest(sink: FolderSink) -> bytes:
    """SHA-256 of the manifest's bytes."""
    return hashlib.sha256(sink.read(MANIFEST_FILE) or b"").digest()


def _is_whole(manifest: Manifest, root: Path) -> bool:
    """True where every file of the site has its size and did not change after the manifest was written."""
    stat, folder = os.stat, f"{root}{os.sep}"
    try:
        for path, entry in manifest.files.items():
            state = stat(folder + path)
            if (
                state.st_size != entry.size
                or max(state.st_mtime_ns, state.st_ctime_ns) >= manifest.written_ns
            ):
                return False
    except OSError:
        return False
    return True
