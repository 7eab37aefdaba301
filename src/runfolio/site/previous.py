"""The build that this one is compared with: its record, and further files of its site."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from runfolio.errors import UsageError
from runfolio.pages.build_record import BUILD_RECORD, PREVIOUS_RECORD, BuildRecord, parse_record, record_bytes
from runfolio.pages.changes import Previous
from runfolio.pages.routes import short_digest
from runfolio.place import Place, StoreUrl
from runfolio.site.earlier_site import ReadFile, SitePlace, files_of, nothing


def read_build_record(place: SitePlace, read: ReadFile | None = None) -> BuildRecord:
    """What an earlier build found.

    Args:
        place: a folder with a site, a zip of one (the site may lie in a folder inside), its address, or its `data/build.json`.
        read: how its files are read, where that is known.

    Raises:
        UsageError: there is no record there, it is broken, or a newer Runfolio wrote it.
    """
    data = (read or files_of(place))(BUILD_RECORD)
    if data is None:
        raise nothing(place)
    return parse_record(data, place.as_posix())


def previous_of(place: SitePlace, out: Place) -> Previous | None:
    """What to compare with; None where the site is to be compared with itself and there is none yet.

    Compared with itself, a site says what changed since the last build that changed anything. That build's own
    comparison is kept beside it, so that a build which finds nothing new leaves the site as it is.
    """
    if not is_own(place, out):
        read = files_of(place)
        return Previous(read_build_record(place, read), read=read)
    if isinstance(out, Path) and not out.is_dir():
        return None
    read = files_of(out)
    if read(BUILD_RECORD) is None:
        return None
    before = None
    with suppress(UsageError):
        before = parse_record(read(PREVIOUS_RECORD) or b"", PREVIOUS_RECORD)
    return Previous(read_build_record(out, read), before, is_own=True)


def previous_key(place: SitePlace) -> str:
    """Text that differs whenever the record does; errors as `read_build_record`."""
    return short_digest(record_bytes(read_build_record(place)).decode(), 32)


def is_own(place: SitePlace, out: Place) -> bool:
    """True where the record is the one that the build is about to write."""
    if isinstance(place, Path) and isinstance(out, Path):
        return place.resolve() in (out.resolve(), (out / BUILD_RECORD).resolve())
    return isinstance(place, StoreUrl) and isinstance(out, StoreUrl) and place.key == out.key
