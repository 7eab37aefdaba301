"""The build that this one is compared with: read from a site's folder, its zip, or its `data/build.json`."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from pathlib import Path

from runfolio.errors import UsageError
from runfolio.pages.build_record import BUILD_RECORD, PREVIOUS_RECORD, BuildRecord, parse_record, record_bytes
from runfolio.pages.changes import Previous
from runfolio.pages.routes import short_digest

_MOST_BYTES = 500_000_000


def read_build_record(path: Path) -> BuildRecord:
    """What an earlier build found.

    Args:
        path: a folder with a site, a zip of one (the site may lie in a folder inside), or its `data/build.json`.

    Raises:
        UsageError: there is no record there, it is broken, or a newer Runfolio wrote it.
    """
    if path.is_dir():
        file = path / BUILD_RECORD
        if not file.is_file():
            raise _nothing(path)
        return parse_record(_read(file), file.as_posix())
    if not path.exists():
        raise _nothing(path)
    if zipfile.is_zipfile(path):
        return _from_zip(path)
    return parse_record(_read(path), path.as_posix())


def previous_of(path: Path, out: Path | None) -> Previous | None:
    """What to compare with; None where the site is to be compared with itself and there is none yet.

    Compared with itself, a site says what changed since the last build that changed anything. That build's own
    comparison is kept beside it, so that a build which finds nothing new leaves the site as it is.
    """
    if not is_own(path, out):
        return Previous(read_build_record(path))
    assert out is not None
    if not (out / BUILD_RECORD).is_file():
        return None
    before = None
    with suppress(UsageError, OSError):
        before = parse_record((out / PREVIOUS_RECORD).read_bytes(), PREVIOUS_RECORD)
    return Previous(read_build_record(out), before, is_own=True)


def previous_key(path: Path) -> str:
    """Text that differs whenever the record does; errors as `read_build_record`."""
    return short_digest(record_bytes(read_build_record(path)).decode(), 32)


def is_own(path: Path, out: Path | None) -> bool:
    """True where the record is the one that the build is about to write."""
    return out is not None and path.resolve() in (out.resolve(), (out / BUILD_RECORD).resolve())


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(
            f"the record of a build cannot be read: {error.strerror or error}",
            slug="broken-build-record",
            path=file.as_posix(),
        ) from error


def _from_zip(path: Path) -> BuildRecord:
    try:
        with zipfile.ZipFile(path) as archive:
            found = [
                item
                for item in archive.infolist()
                if item.filename == BUILD_RECORD or item.filename.endswith(f"/{BUILD_RECORD}")
            ]
            found.sort(key=lambda item: (item.filename.count("/"), item.filename))
            if not found or found[0].file_size > _MOST_BYTES:
                raise _nothing(path)
            return parse_record(archive.read(found[0]), f"{path.as_posix()}/{found[0].filename}")
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise UsageError(
            "the zip with the earlier site is broken", slug="broken-build-record", path=path.as_posix()
        ) from error


def _nothing(path: Path) -> UsageError:
    return UsageError(
        "there is no record of an earlier build here",
        slug="no-build-record",
        path=path.as_posix(),
        hint=f"give a site's folder, its zip, or its {BUILD_RECORD}; sites have it since this version of Runfolio",
    )
