"""Reads files of a site that is already there: a folder, a zip, an object store, the web, or its `data/build.json` alone."""

from __future__ import annotations

import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path

from runfolio.catalog.remote_storage import store_failure
from runfolio.errors import UsageError
from runfolio.pages.build_record import BUILD_RECORD
from runfolio.place import StoreUrl, WebUrl
from runfolio.stores import store

SitePlace = Path | StoreUrl | WebUrl
ReadFile = Callable[[str], bytes | None]
"""A file of the site by its path from the root; None where it is not there."""

MOST_BYTES = 500_000_000
_SECONDS = 60


def files_of(place: SitePlace) -> ReadFile:
    """How the site's files are read.

    Raises:
        UsageError: nothing is there, or it cannot be read.
    """
    if isinstance(place, WebUrl):
        return lambda path: _fetched(place, path)
    if isinstance(place, StoreUrl):
        return lambda path: _from_store(place, path)
    if place.is_dir():
        return lambda path: _read(place / path)
    if not place.exists():
        raise nothing(place)
    if zipfile.is_zipfile(place):
        return _files_of_zip(place)
    # The record alone: what lies beside it in a site is there too.
    is_whole = place.as_posix().endswith(f"/{BUILD_RECORD}")
    return lambda path: _read(
        place if path == BUILD_RECORD else place.parents[1] / path if is_whole else None
    )


def nothing(place: SitePlace) -> UsageError:
    """There is no site, or one without a record."""
    return UsageError(
        "there is no record of an earlier build here",
        slug="no-build-record",
        path=place.as_posix(),
        hint=f"give a site's folder, its zip, its address, or its {BUILD_RECORD}; sites have it since this version of Runfolio",
    )


def _read(file: Path | None) -> bytes | None:
    if file is None:
        return None
    try:
        return file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UsageError(
            f"the record of a build cannot be read: {error.strerror or error}",
            slug="broken-build-record",
            path=file.as_posix(),
        ) from error


def _files_of_zip(place: Path) -> ReadFile:
    """A site at the root of the zip or in a folder of it: the record tells which."""

    def read(path: str) -> bytes | None:
        try:
            with zipfile.ZipFile(place) as archive:
                names = {item.filename: item.file_size for item in archive.infolist()}
                records = [
                    name for name in names if name == BUILD_RECORD or name.endswith(f"/{BUILD_RECORD}")
                ]
                record = min(records, key=lambda name: (name.count("/"), name), default="")
                name = record.removesuffix(BUILD_RECORD) + path
                return archive.read(name) if record and names.get(name, MOST_BYTES) < MOST_BYTES else None
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
            raise UsageError(
                "the zip with the earlier site is broken", slug="broken-build-record", path=place.as_posix()
            ) from error

    return read


def _from_store(place: StoreUrl, path: str) -> bytes | None:
    try:
        return bytes(store.call("read", place.secret, path))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise store_failure(place / path, error, "read") from None


def _fetched(place: WebUrl, path: str) -> bytes | None:
    request = urllib.request.Request(place.file(path), headers={"User-Agent": "runfolio"})
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            data: bytes = answer.read(MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in (404, 410):
            return None
        raise _unreached(place, path, f"the server answers {error.code} {error.reason}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise _unreached(place, path, str(getattr(error, "reason", error)) or type(error).__name__) from None
    if len(data) > MOST_BYTES:
        raise _unreached(place, path, f"it has more than {MOST_BYTES // 1_000_000} MB")
    return data


def _unreached(place: WebUrl, path: str, why: str) -> UsageError:
    return UsageError(
        f"the earlier site cannot be read: {why}",
        slug="site-not-reached",
        path=place.file(path),
        hint="open the address in a browser; a site that asks for a login must be downloaded first and given as folder or zip",
    )
