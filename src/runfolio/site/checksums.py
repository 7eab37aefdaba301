"""Two lists of SHA-256: of every file, as `sha256sum -c` reads it, and of the data scripts, as a browser may load it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from runfolio.pages.scripts import script
from runfolio.site.manifest import Entry
from runfolio.site.plan import PlannedFile

CHECKSUMS_FILE = "data/SHA256SUMS"
CHECKSUMS_SCRIPT = "data/checksums.js"
_FOLDERS = ("data/", "series/")


def checksums_script(entries: Mapping[str, Entry]) -> PlannedFile:
    """The digests of the data scripts written so far but itself: the audit page holds the scripts it loads to them."""
    listed = {
        path: entries[path].sha256
        for path in sorted(entries)
        if entries[path].sha256
        and path.startswith(_FOLDERS)
        and path.endswith(".js")
        and path != CHECKSUMS_SCRIPT
    }
    return _planned(CHECKSUMS_SCRIPT, script("checksums", listed))


def checksums(entries: Mapping[str, Entry]) -> PlannedFile:
    """The list of all files written so far but itself: it is made last."""
    lines = [
        f"{entries[path].sha256}  {path}\n"
        for path in sorted(entries)
        if entries[path].sha256 and path != CHECKSUMS_FILE
    ]
    return _planned(CHECKSUMS_FILE, "".join(lines).encode())


def _planned(path: str, data: bytes) -> PlannedFile:
    return PlannedFile(path, "sums-" + hashlib.sha256(data).hexdigest(), lambda: data)
