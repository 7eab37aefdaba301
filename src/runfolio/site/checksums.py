"""The list of every file of a site with its SHA-256, as `sha256sum -c` reads it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from runfolio.site.manifest import Entry
from runfolio.site.plan import PlannedFile

CHECKSUMS_FILE = "data/SHA256SUMS"


def checksums(entries: Mapping[str, Entry]) -> PlannedFile:
    """The list of all files written so far but itself: it is made last."""
    lines = [
        f"{entries[path].sha256}  {path}\n"
        for path in sorted(entries)
        if entries[path].sha256 and path != CHECKSUMS_FILE
    ]
    data = "".join(lines).encode()
    return PlannedFile(CHECKSUMS_FILE, "sums-" + hashlib.sha256(data).hexdigest(), lambda: data)
