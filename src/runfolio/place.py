"""Where runs or sites lie: a folder or file of this machine, or the URL of an object store."""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

from runfolio.errors import UsageError

SCHEMES = ("s3", "gs", "gcs", "abfs", "abfss", "hdfs", "viewfs")
# A Path makes one slash of two.
_STORE = re.compile(rf"({'|'.join(SCHEMES)}):/+(?=[^/])")
_URL = re.compile(r"([a-z][a-z0-9+.-]+)://")


@dataclass(frozen=True, slots=True)
class StoreUrl:
    """A place in an object store. As text it is without credentials and options, fit for every message."""

    secret: str = field(repr=False)
    """As it was given. It may hold a password: for the store alone."""

    def as_posix(self) -> str:
        """Scheme, host and path; named as for a Path, which this often stands for."""
        parts = urlsplit(self.secret)
        user, at, host = parts.netloc.rpartition("@")
        # The container of an abfs URL stands where others have the user.
        known = user.partition(":")[0] + at if parts.scheme.startswith("abfs") else ""
        return f"{parts.scheme}://{known}{host}{unquote(parts.path)}".rstrip("/")

    def __str__(self) -> str:
        return self.as_posix()

    @property
    def name(self) -> str:
        """Last part of the path, or the bucket's name."""
        return posixpath.basename(self.as_posix())

    @property
    def suffix(self) -> str:
        """Ending of the name, with its dot."""
        return posixpath.splitext(self.name)[1]

    @property
    def parent(self) -> StoreUrl:
        """The place around this one."""
        parts = urlsplit(self.secret)
        return StoreUrl(parts._replace(path=posixpath.dirname(parts.path.rstrip("/"))).geturl())

    def __truediv__(self, path: str) -> StoreUrl:
        parts = urlsplit(self.secret)
        return StoreUrl(parts._replace(path=f"{parts.path.rstrip('/')}/{quote(path)}").geturl())

    @property
    def key(self) -> str:
        """The place for the cache: equal for two spellings that differ in credentials only."""
        endpoint = parse_qs(urlsplit(self.secret).query).get("endpoint_override", [""])[0]
        mark = hashlib.sha256(endpoint.encode()).hexdigest()[:8] if endpoint else ""
        return f"{mark}+{self.as_posix()}" if mark else self.as_posix()


@dataclass(frozen=True, slots=True)
class WebUrl:
    """The address of a published site, which may be read and not written."""

    address: str
    """With a slash at its end: of the folder that `index.html` lies in."""

    def as_posix(self) -> str:
        """As it is shown; named as for a Path."""
        return self.address

    def file(self, path: str) -> str:
        """Address of a file of the site."""
        return self.address + quote(path)


Place = Path | StoreUrl


def site_place(given: str | os.PathLike[str], folder: Path | None = None) -> Place | WebUrl:
    """The place of a site that is read: as `place`, or an address that starts with http.

    Raises:
        UsageError: a URL of another kind, or an address with a user or without a host.
    """
    text = os.fspath(given)
    if not re.match("https?:/", text):
        return place(text, folder)
    # A Path makes one slash of two.
    parts = urlsplit(re.sub("^(https?):/+", r"\1://", text, count=1))
    if not parts.netloc or "@" in parts.netloc:
        raise UsageError(
            "the address of the site cannot be understood",
            slug="store-url",
            hint="write it as in https://example.org/report/, without user and password",
        )
    path = parts.path.removesuffix("index.html").removesuffix("data/build.json")
    return WebUrl(f"{parts.scheme}://{parts.netloc}{path.rstrip('/')}/")


def place(given: str | os.PathLike[str] | StoreUrl, folder: Path | None = None) -> Place:
    """The place that is meant; a relative path starts from the folder, if one is given.

    Raises:
        UsageError: a URL of another kind.
    """
    if isinstance(given, StoreUrl):
        return given
    text = os.fspath(given)
    if _STORE.match(text):
        url = StoreUrl(_STORE.sub(r"\1://", text, count=1))
        try:
            url.as_posix()
        except ValueError:
            hint = "write bucket and path as in s3://bucket/runs; docs/object-stores.md shows more"
            raise UsageError("the URL cannot be understood", slug="store-url", hint=hint) from None
        return url
    if found := _URL.match(text):
        raise UsageError(
            f"`{found[1]}://` is no place that can be read or written",
            slug="store-url",
            hint=f"give a folder, or a URL that starts with one of {', '.join(f'{name}://' for name in SCHEMES)}",
        )
    return Path(text) if folder is None else folder / text
