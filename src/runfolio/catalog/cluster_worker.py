"""What a worker of a cluster is asked: whether it is like the build's machine, and to read and digest."""

from __future__ import annotations

from collections.abc import Sequence

from runfolio import __version__
from runfolio.catalog.engine import Done, Numbered, digest_chunk
from runfolio.catalog.outcome import DIGEST_VERSION
from runfolio.catalog.storage import Storage
from runfolio.readers import all_readers


def abilities() -> tuple[int, tuple[tuple[str, int], ...]]:
    """All that decides what comes of a file: the digest's version, and names and versions of the readers in order."""
    return DIGEST_VERSION, tuple((reader.name, reader.version) for reader in all_readers())


def outlook(places: Sequence[tuple[Storage, str]]) -> tuple[object, list[bool]]:
    """The abilities, and of each folder of a source whether it is to be seen from here."""
    return abilities(), [sees(storage, folder) for storage, folder in places]


def sees(storage: Storage, folder: str) -> bool:
    """True where the folder can be listed from here."""
    try:
        storage.list(folder)
    except OSError:
        return False
    return True


def digest_for(version: str, chunk: Sequence[Numbered]) -> list[Done]:
    """What came of some jobs of a build of this version; RuntimeError from a worker that came late and has another."""
    if version != __version__:
        raise RuntimeError(f"the worker has runfolio {__version__}, the build {version}")
    return digest_chunk(chunk)
