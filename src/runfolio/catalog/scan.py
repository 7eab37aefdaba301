"""One walk over a source: which reader may try which files. Nothing is opened."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from runfolio.catalog.storage import Listing, Storage
from runfolio.model import Problem, Severity
from runfolio.readers import Entry, Reader

_NOT_ENTERED = frozenset(("node_modules", "__pycache__"))
#: A folder with this file is a site that Runfolio built: its data files are no runs.
_SITE_MARK = ".runfolio-manifest.json"


@dataclass(frozen=True, slots=True)
class Claim:
    """Files that are one run, if one of the readers says so."""

    root: int
    path: str
    """The run's folder or file, relative to the source."""
    folder: str
    """What the entries' paths are relative to."""
    readers: tuple[str, ...]
    """Names of the readers to ask, in this order."""
    entries: tuple[Entry, ...]

    @property
    def size_bytes(self) -> int:
        """Of all files, read or not."""
        return sum(entry.size_bytes for entry in self.entries)

    @property
    def is_folder(self) -> bool:
        """True when the run is a folder."""
        return self.path == self.folder


@dataclass(slots=True)
class Scan:
    """What a walk found."""

    claims: list[Claim] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def scan(
    storage: Storage,
    root: int,
    readers: Sequence[Reader],
    start: str = "",
    refused: frozenset[str] = frozenset(),
) -> Scan:
    """Claims below `start`, sorted by path.

    Hidden folders, node_modules, __pycache__ and built sites are not entered; a folder is entered once even if links
    lead to it again; a claimed folder is not descended into.

    Args:
        storage: the source.
        root: its index.
        readers: to ask, in order.
        start: folder to begin with, relative to the source.
        refused: folders that no reader of folders wanted when it saw them.
    """
    found = Scan()
    seen: set[object] = set()
    folders, links = deque([start]), deque[str]()
    while folders or links:
        # Links wait for the end, so that a folder keeps its own path whatever the order of names.
        path = folders.popleft() if folders else links.popleft()
        listing = _listed(storage, path, seen, found)
        if listing is None:
            continue
        names = frozenset(entry.path for entry in listing.files)
        claim = None if path in refused else _folder_claim(storage, root, path, listing, names, readers)
        if claim is not None:
            found.claims.append(claim)
            continue
        found.claims += _file_claims(root, path, listing, names, readers)
        folders.extend(_join(path, name) for name in listing.folders if _is_entered(name))
        links.extend(_join(path, name) for name in listing.linked_folders if _is_entered(name))
    found.claims.sort(key=lambda claim: claim.path)
    return found


def _listed(storage: Storage, path: str, seen: set[object], found: Scan) -> Listing | None:
    """What lies in a folder; None when it was seen before, is a built site, or cannot be listed."""
    try:
        identity = storage.identity(path)
        if identity in seen:
            return None
        seen.add(identity)
        listing = storage.list(path)
    except OSError as error:
        found.problems.append(_unreadable(path, error))
        return None
    if listing.unnameable:
        found.problems.append(_unnameable(path, listing.unnameable))
    is_site = path != "" and any(entry.path == _SITE_MARK for entry in listing.files)
    return None if is_site else listing


def file_claim(storage: Storage, root: int, name: str, readers: Sequence[Reader]) -> list[Claim]:
    """The claim on one file at the top of the source, if any reader wants it."""
    listing = storage.list("")
    only = replace(listing, files=tuple(entry for entry in listing.files if entry.path == name))
    return _file_claims(root, "", only, frozenset(entry.path for entry in listing.files), readers)


def _is_entered(name: str) -> bool:
    return not name.startswith(".") and name not in _NOT_ENTERED


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _folder_claim(
    storage: Storage, root: int, path: str, listing: Listing, names: frozenset[str], readers: Sequence[Reader]
) -> Claim | None:
    takers = [
        reader
        for reader in readers
        if reader.signature.takes_folder and any(reader.signature.offers(name, names) for name in names)
    ]
    if not takers:
        return None
    subfolders = sorted({name for reader in takers for name in reader.signature.subfolders})
    entries = [entry for entry in listing.files if _is_kept(entry.path)]
    for name in subfolders:
        if name in listing.folders:
            entries += _below(storage, path, name)
        elif name in listing.linked_folders:
            entries.append(Entry(name, 0, 0, is_link=True))
    return Claim(root, path, path, tuple(reader.name for reader in takers), tuple(entries))


def _is_kept(name: str) -> bool:
    return not name.startswith(".") and not fnmatchcase(name, "*.tmp")


def _below(storage: Storage, run: str, folder: str) -> list[Entry]:
    """All files at any depth, paths relative to the run; linked folders are entries that are links."""
    entries: list[Entry] = []
    waiting = deque([folder])
    while waiting:
        path = waiting.popleft()
        try:
            listing = storage.list(_join(run, path))
        except OSError:
            continue
        entries += [replace(entry, path=f"{path}/{entry.path}") for entry in listing.files]
        entries += [Entry(f"{path}/{name}", 0, 0, is_link=True) for name in listing.linked_folders]
        waiting.extend(f"{path}/{name}" for name in listing.folders)
    return entries


def _file_claims(
    root: int, path: str, listing: Listing, names: frozenset[str], readers: Sequence[Reader]
) -> list[Claim]:
    claims = []
    for entry in listing.files:
        if not _is_kept(entry.path):
            continue
        takers = tuple(
            reader.name
            for reader in readers
            if not reader.signature.takes_folder and reader.signature.offers(entry.path, names)
        )
        if takers:
            claims.append(Claim(root, _join(path, entry.path), path, takers, (entry,)))
    return claims


def _unreadable(path: str, error: OSError) -> Problem:
    message = f"the folder cannot be listed: {error.strerror or type(error).__name__}"
    return Problem("unreadable-folder", Severity.ERROR, message, path, hint="check its permissions")


def _unnameable(path: str, count: int) -> Problem:
    message = f"{count} names in the folder are no valid UTF-8; they were left out"
    return Problem("undecodable-name", Severity.WARNING, message, path, hint="rename the files")
