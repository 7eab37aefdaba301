"""What is wrong in a finding: gathered, then told together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runfolio.errors import FindingError


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where."""

    line: int
    """1-based line of the file."""
    message: str
    hint: str = ""


class UnansweredError(Exception):
    """A finding asks for something that cannot be given.

    Args:
        message: what was looked for and not found, with the nearest name.
        can_come: True where runs that do not exist yet could bring it; False where the text itself is wrong.
    """

    def __init__(self, message: str, *, can_come: bool = False, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.can_come = can_come
        self.hint = hint


def raise_all(faults: Sequence[tuple[str, Fault]]) -> None:
    """Nothing, or one FindingError with every fault; each comes with the path of its file."""
    ordered = sorted(set(faults), key=lambda item: (item[0], item[1].line, item[1].message))
    if len(ordered) == 1:
        ((path, fault),) = ordered
        raise FindingError(fault.message, path=path, line=fault.line, hint=fault.hint)
    if ordered:
        lines = [f"  {path}:{fault.line}: {fault.message}" for path, fault in ordered]
        raise FindingError("\n".join([f"{len(ordered)} faults in the findings", *lines]))
