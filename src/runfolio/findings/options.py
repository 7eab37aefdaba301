"""Where a project's findings lie and what they may hold. Configuration only fills it in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FindingsOptions:
    """What `[findings]` says."""

    folder: str = "findings"
    """Relative to the project's folder."""
    html: bool = False
    """Raw HTML is kept, as far as it can do no harm; else it is text."""
