"""The one run that a text means."""

from __future__ import annotations

from collections.abc import Sequence

from runfolio.errors import NothingFoundError, UsageError, nearest
from runfolio.model import Run


def find_run(runs: Sequence[Run], text: str) -> Run:
    """The one run with this id, else the one whose id starts so, else the one with this name.

    Raises:
        NothingFoundError: none; the message offers the nearest.
        UsageError: several.
    """
    exact = [run for run in runs if run.run_id == text]
    found = (
        exact
        or [run for run in runs if run.run_id.startswith(text)]
        or [run for run in runs if run.name == text]
    )
    if not found:
        known = [name for run in runs for name in (run.run_id, run.name)]
        raise NothingFoundError(
            f"there is no run `{text}`{nearest(text, known)}",
            slug="no-such-run",
            hint="`runfolio list` shows all runs",
        )
    if len(found) > 1:
        shown = ", ".join(run.run_id for run in found[:5]) + (", …" if len(found) > 5 else "")
        raise UsageError(
            f"`{text}` means {len(found)} runs: {shown}", slug="ambiguous-run", hint="write more of the id"
        )
    return found[0]
