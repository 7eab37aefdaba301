"""What happens to open runs when the process ends, an error goes unhandled, or the process forks."""

from __future__ import annotations

import atexit
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

    from runfolio.emit.run import Run

_open_runs: list[Run] = []
_installed = False


def opened(run: Run) -> None:
    """Watch over the run until `closed`."""
    global _installed
    _open_runs.append(run)
    if _installed:
        return
    _installed = True
    atexit.register(_finish_all)
    _chain_excepthook()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_detach_all)


def closed(run: Run) -> None:
    """The run has ended by itself."""
    if run in _open_runs:
        _open_runs.remove(run)


def _finish_all() -> None:
    for run in _open_runs.copy():
        run.finish()


def _chain_excepthook() -> None:
    previous = sys.excepthook

    def fail_open_runs(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        for run in _open_runs.copy():
            run.finish("failed", error=error)
        previous(kind, error, trace)

    sys.excepthook = fail_open_runs


def _detach_all() -> None:
    for run in _open_runs:
        run._become_worker()
