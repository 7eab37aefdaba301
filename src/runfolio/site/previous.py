"""The build that this one is compared with: its record, and further files of its site."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from runfolio.errors import UsageError
from runfolio.pages.build_record import BUILD_RECORD, PREVIOUS_RECORD, BuildRecord, parse_record, record_bytes
from runfolio.pages.changes import Previous
from runfolio.pages.routes import short_digest
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


def previous_of(place: SitePlace, out: Path | None) -> Previous | None:
    """What to compare with; None where the site is to be compared with itself and there is none yet.

    Compared with itself, a site says what changed since the last build that changed anything. That build's own
    comparison is kept beside it, so that a build which finds nothing new leaves the site as it is.
    """
    if not is_own(place, out):
        read = files_of(place)
        return Previous(read_build_record(place, read), read=read)
    assert out is not None
    if not (out / BUILD_RECORD).is_file():
        return None
    before = None
    with suppress(UsageError, OSError):
        before = parse_record((out / PREVIOUS_RECORD).read_bytes(), PREVIOUS_RECORD)
    return Previous(read_build_record(out), before, is_own=True)


def previous_key(place: SitePlace) -> str:
    """Text that differs whenever the record does; errors as `read_build_record`."""
    return short_digest(record_bytes(read_build_record(place)).decode(), 32)


def is_own(place: SitePlace, out: Path | None) -> bool:
    """True where the record is the one that the build is about to write."""
    if out is None or not isinstance(place, Path):
        return False
    return place.resolve() in (out.resolve(), (out / BUILD_RECORD).resolve())
