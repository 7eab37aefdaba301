"""What hosts allow, and how near a site is to it: said before a publication fails."""

from __future__ import annotations

from collections.abc import Mapping

from runfolio.model import Problem, Severity
from runfolio.site.manifest import Entry

#: GitHub Pages publishes sites of at most 1 GB; git hosts refuse files over 100 MB and warn from 50 MB on.
SITE_BYTES = 1_000_000_000
FILE_BYTES = 50_000_000
#: A site that fills so much of what is allowed is near the limit.
_NEAR = 0.8


def near_limits(files: Mapping[str, Entry]) -> list[Problem]:
    """A warning for a site that hosts may soon refuse for its size, and for each file that is too large by itself."""
    found = []
    total = sum(max(entry.size, 0) for entry in files.values())
    if total > _NEAR * SITE_BYTES:
        state = "more than" if total > SITE_BYTES else f"{total / SITE_BYTES:.0%} of"
        message = f"the site has {total / 1e6:,.0f} MB, {state} the {SITE_BYTES / 1e6:,.0f} MB that GitHub Pages allows"
        hint = "write fewer pages ([site] max_run_pages), leave out large artifacts, or publish parts as sites of their own"
        found.append(Problem("site-size", Severity.WARNING, message, hint=hint))
    for path, entry in sorted(files.items()):
        if entry.size > FILE_BYTES:
            message = f"the file has {entry.size / 1e6:,.0f} MB; git hosts warn from {FILE_BYTES / 1e6:.0f} MB on and refuse 100 MB"
            hint = "split the experiment into smaller ones"
            found.append(Problem("file-size", Severity.WARNING, message, path, hint=hint))
    return found
