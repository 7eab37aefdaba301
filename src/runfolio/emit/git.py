"""The state of the code, asked from git with a time limit."""

# os.path instead of pathlib, which would double the import time.
from __future__ import annotations

import os

from runfolio.runlog import GIT_DIFF

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PATIENCE_S = 5.0
_LARGEST_DIFF = 10_000_000


def git_state(directory: str) -> dict[str, Any]:
    """Commit, branch and whether tracked files differ from the commit; empty outside a repository or without git.

    Untracked files do not count: the run log itself usually is one.
    """
    status = _git(directory, "status", "--porcelain=v2", "--branch", "--untracked-files=no")
    if status is None:
        return {}
    state: dict[str, Any] = {"dirty": False}
    for line in status.decode("utf-8", "replace").splitlines():
        if line.startswith("# branch.oid ") and not line.endswith("(initial)"):
            state["commit"] = line.split()[-1]
        elif line.startswith("# branch.head ") and not line.endswith("(detached)"):
            state["branch"] = line.split(" ", 2)[-1]
        elif not line.startswith("#"):
            state["dirty"] = True
    return state


def save_diff(directory: str, folder: str) -> str | None:
    """Write the difference of tracked files to the commit; its path in the run's folder, None when there is none.

    A diff above 10 MB is not kept: such a size is data, not code.
    """
    diff = _git(directory, "diff", "--no-color", "--no-ext-diff", "--no-textconv", "HEAD")
    if not diff or len(diff) > _LARGEST_DIFF:
        return None
    from runfolio.emit.record import place_in, replace_file

    replace_file(place_in(folder, GIT_DIFF), diff)
    return GIT_DIFF


def _git(directory: str, *arguments: str) -> bytes | None:
    """What git printed, or None where it failed."""
    import subprocess

    try:
        done = subprocess.run(
            ["git", "-c", "core.fsmonitor=false", *arguments],
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE_S,
            # Asking must not take the repository's lock from a commit that happens at the same time.
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout
