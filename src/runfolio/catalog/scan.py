"""One walk over a source: which reader may try which files. Nothing is opened."""

from __future__ import annotations

import posixpath
import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase, translate
from functools import lru_cache
from glob import escape

from runfolio.catalog.storage import Listing, Storage
from runfolio.model import Problem, Severity
from runfolio.readers import Entry, Reader, Signature
from runfolio.readers.reader import STEM

#: Sacred keeps the sources and data files of all runs in the last two.
_NOT_ENTERED = frozenset(("node_modules", "__pycache__", "_sources", "_resources"))
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
    covers: tuple[str, ...] = ()
    """Folders that nobody else looks into, relative to the source; somebody does when no reader knows the files."""

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
    taken: frozenset[str] = frozenset(),
) -> Scan:
    """Claims below `start`, sorted by path.

    Hidden folders that no reader asks for, node_modules, __pycache__ and built sites are not entered; a folder is entered
    once even if links lead to it again; what a claim covers is not descended into.

    Args:
        storage: the source.
        root: its index.
        readers: to ask, in order.
        start: folder to begin with, relative to the source.
        refused: folders that no reader of folders wanted when it saw them, or that one shares.
        taken: files and folders that are a run's already, relative to the source.
    """
    found = Scan()
    seen: set[object] = set()
    entered = frozenset(name for reader in readers for name in reader.signature.enters)
    folders, links = deque([start]), deque[str]()
    nearby, offers = _Nearby(storage), _Offers(readers)
    while folders or links:
        # Links wait for the end, so that a folder keeps its own path whatever the order of names.
        path = folders.popleft() if folders else links.popleft()
        listing = _listed(storage, path, seen, found)
        if listing is None:
            continue
        if taken:
            listing = _without(listing, path, taken)
        claimer = _Claimer(storage, root, path, listing, offers, nearby)
        claim = None if path in refused else claimer.folder()
        if claim is not None:
            found.claims.append(claim)
            continue
        claims = claimer.files()
        found.claims += claims
        covered = {folder for claim in claims for folder in claim.covers}
        for names, queue in ((listing.folders, folders), (listing.linked_folders, links)):
            below = (_join(path, name) for name in names if _is_entered(name, entered))
            queue.extend(folder for folder in below if folder not in covered)
    found.claims.sort(key=lambda claim: claim.path)
    return found


def _without(listing: Listing, path: str, taken: frozenset[str]) -> Listing:
    return replace(
        listing,
        files=tuple(entry for entry in listing.files if _join(path, entry.path) not in taken),
        folders=tuple(name for name in listing.folders if _join(path, name) not in taken),
    )


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
    claims = _Claimer(storage, root, "", storage.list(""), _Offers(readers), _Nearby(storage)).files()
    return [claim for claim in claims if claim.path == name]


def entries_of(claim: Claim, reader: Reader) -> tuple[Entry, ...]:
    """What the reader may see of the claim: all of it, unless it shares the folder."""
    signature = reader.signature
    if not signature.shares_folder:
        return claim.entries
    globs, folders = (*signature.names, *signature.also), set(signature.subfolders)
    return tuple(
        entry
        for entry in claim.entries
        if entry.path.partition("/")[0] in folders or any(fnmatchcase(entry.path, glob) for glob in globs)
    )


def taken_by(claim: Claim, reader: Reader, read: Iterable[str] = ()) -> frozenset[str]:
    """What of a shared folder belongs to the run that the reader took: files and folders, relative to the source.

    `read` are the files that it read.
    """
    if reader.signature.takes_what_it_reads:
        return frozenset(read)
    paths = [entry.path for entry in entries_of(claim, reader)]
    return frozenset(_join(claim.folder, path) for path in (*paths, *reader.signature.subfolders))


def _is_entered(name: str, entered: frozenset[str]) -> bool:
    return name in entered or not (name.startswith(".") or name in _NOT_ENTERED)


def _join(folder: str, name: str) -> str:
    return posixpath.normpath(f"{folder}/{name}") if folder else name


def _is_kept(name: str) -> bool:
    return not name.startswith(".") and not fnmatchcase(name, "*.tmp")


class _Offers:
    """Which readers a name interests: there are dozens of readers, and the same names in thousands of folders."""

    def __init__(self, readers: Sequence[Reader]) -> None:
        self._order = {reader.name: place for place, reader in enumerate(readers)}
        self._globs = [(reader, _pattern(reader.signature)) for reader in readers]
        self._of_folders = [
            reader for reader in readers if reader.signature.takes_folder and not reader.signature.names
        ]
        self.named = lru_cache(maxsize=4096)(self._named)
        self.of_folder = lru_cache(maxsize=1024)(self._of_folder)

    def _named(self, name: str) -> tuple[Reader, ...]:
        return tuple(reader for reader, pattern in self._globs if pattern is not None and pattern.match(name))

    def of_file(self, name: str, siblings: frozenset[str]) -> list[Reader]:
        """Readers of files that a file of this name among these is offered to, in their order."""
        return [
            reader
            for reader in self.named(name)
            if not reader.signature.takes_folder and reader.signature.offers(name, siblings)
        ]

    def _of_folder(self, names: frozenset[str], folders: frozenset[str]) -> tuple[Reader, ...]:
        """Readers of folders that a folder with these is offered to, in their order."""
        asked = {reader.name: reader for reader in self._of_folders}
        asked |= {
            reader.name: reader
            for name in names
            for reader in self.named(name)
            if reader.signature.takes_folder
        }
        takers = [reader for reader in asked.values() if reader.signature.offers_folder(names, folders)]
        return tuple(sorted(takers, key=lambda reader: self._order[reader.name]))


def _pattern(signature: Signature) -> re.Pattern[str] | None:
    return re.compile("|".join(map(translate, signature.names))) if signature.names else None


def _also(readers: Sequence[Reader]) -> set[str]:
    return {glob for reader in readers for glob in reader.signature.also}


def _named(glob: str, stem: str) -> str:
    """The glob for a file of this stem, whatever signs that has."""
    place, sign, name = glob.rpartition("/")
    return f"{place.replace(STEM, stem)}{sign}{name.replace(STEM, escape(stem))}"


class _Nearby:
    """Parts of listings that many claims ask for, such as the folder above thousands of runs: each is made once."""

    def __init__(self, storage: Storage) -> None:
        self._list = lru_cache(maxsize=64)(storage.list)
        self.matching = lru_cache(maxsize=512)(self._matching)

    def _matching(self, folder: str, glob: str) -> Listing:
        try:
            listing = self._list(folder)
        except OSError:
            return Listing((), (), ())
        files = tuple(entry for entry in listing.files if fnmatchcase(entry.path, glob))
        return Listing(files, tuple(name for name in listing.folders if fnmatchcase(name, glob)), ())


@dataclass(frozen=True, slots=True)
class _Claimer:
    """Makes the claims on one folder."""

    storage: Storage
    root: int
    path: str
    listing: Listing
    offers: _Offers
    nearby: _Nearby

    @property
    def _names(self) -> frozenset[str]:
        return frozenset(entry.path for entry in self.listing.files)

    def folder(self) -> Claim | None:
        """The claim on the folder as a whole, if any reader wants it."""
        names, folders = self._names, frozenset(self.listing.folders)
        takers = self.offers.of_folder(names, folders)
        if not takers:
            return None
        entries = [entry for entry in self.listing.files if _is_kept(entry.path)]
        return self._claim(self.path, takers, entries, covers=(self.path,))

    def files(self) -> list[Claim]:
        """A claim for each file that a reader of files wants."""
        names = self._names
        claims = []
        for entry in self.listing.files:
            if not _is_kept(entry.path):
                continue
            takers = self.offers.of_file(entry.path, names)
            if takers:
                inside = {name for reader in takers for name in reader.signature.subfolders}
                covers = tuple(_join(self.path, name) for name in self.listing.folders if name in inside)
                claims.append(self._claim(_join(self.path, entry.path), takers, [entry], covers))
        return claims

    def _claim(
        self, path: str, takers: Sequence[Reader], entries: list[Entry], covers: tuple[str, ...]
    ) -> Claim:
        for name in sorted({name for reader in takers for name in reader.signature.subfolders}):
            if name in self.listing.folders:
                entries += self._below(name)
            elif name in self.listing.linked_folders:
                entries.append(Entry(name, 0, 0, is_link=True))
        known = {entry.path for entry in entries}
        name = path.rpartition("/")[2]
        stem = name if path == self.path else name.rpartition(".")[0] or name
        for glob in sorted({_named(glob, stem) for glob in _also(takers)}):
            entries += [entry for entry in self._matching(glob) if entry.path not in known]
            known.update(entry.path for entry in entries)
        return Claim(
            self.root, path, self.path, tuple(reader.name for reader in takers), tuple(entries), covers
        )

    def _matching(self, glob: str) -> list[Entry]:
        """Files of folders near this one, never outside the source; paths are relative to this one."""
        place, _, name = glob.rpartition("/")
        above, _, last = place.rpartition("/")
        if "*" in last:
            places = [f"{above}/{folder}" if above else folder for folder in self._near(above, last).folders]
        else:
            places = [place]
        return [
            replace(entry, path=f"{place}/{entry.path}" if place else entry.path)
            for place in places
            for entry in self._near(place, name).files
        ]

    def _near(self, place: str, glob: str) -> Listing:
        """What matches in a folder near this one; nothing where it is outside the source or cannot be listed."""
        if "/" not in place and place not in ("", "..", *self.listing.folders):
            return Listing((), (), ())
        folder = posixpath.normpath(posixpath.join(self.path, place))
        if folder == ".." or folder.startswith("../"):
            return Listing((), (), ())
        return self.nearby.matching("" if folder == "." else folder, glob)

    def _below(self, folder: str) -> list[Entry]:
        """All files at any depth, paths relative to this folder; linked folders are entries that are links."""
        entries: list[Entry] = []
        waiting = deque([folder])
        while waiting:
            path = waiting.popleft()
            try:
                listing = self.storage.list(_join(self.path, path))
            except OSError:
                continue
            entries += [replace(entry, path=f"{path}/{entry.path}") for entry in listing.files]
            entries += [Entry(f"{path}/{name}", 0, 0, is_link=True) for name in listing.linked_folders]
            waiting.extend(f"{path}/{name}" for name in listing.folders)
        return entries


def _unreadable(path: str, error: OSError) -> Problem:
    message = f"the folder cannot be listed: {error.strerror or type(error).__name__}"
    return Problem("unreadable-folder", Severity.ERROR, message, path, hint="check its permissions")


def _unnameable(path: str, count: int) -> Problem:
    message = f"{count} names in the folder are no valid UTF-8; they were left out"
    return Problem("undecodable-name", Severity.WARNING, message, path, hint="rename the files")
