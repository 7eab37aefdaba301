"""A problem: something in the inputs that a person should know of. It never stops the site and is never silent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """`error`: something is missing from the site; `warning`: it is there but doubtful; `note`: worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What happened, where, and what to do."""

    slug: str
    """Heading in docs/messages.md."""
    severity: Severity
    message: str
    path: str = ""
    """File relative to the source's root, with `:line` where known."""
    run_id: str = ""
    hint: str = ""
