"""The engine of a Dask cluster, seen from the build: a process of its own speaks with the scheduler.

That client has threads, and a process with threads may not fork, as the build does for pages and when it has to read by
itself after all. Whatever happens to the cluster, the build goes on.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from importlib.util import find_spec
from typing import IO, Any

from runfolio.catalog.engine import Done, Numbered
from runfolio.catalog.processes import Processes
from runfolio.errors import EngineError
from runfolio.model import Problem, Severity

_MAIN = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer);"
    " from runfolio.catalog.cluster_client import main; main()"
)
#: Workers of a cluster of this machine need a moment to tidy up.
_FAREWELL_S = 10.0


class Cluster:
    """Reads with the workers of a Dask scheduler; what it cannot finish is read on this machine.

    Args:
        scheduler: its address, or `local` for a scheduler and workers on this machine for the time of the build.
        workers: processes of a `local` cluster, and of this machine when the cluster is lost.
        tell: is called with the problem of a cluster that is lost.
    """

    def __init__(self, scheduler: str, workers: int | None, tell: Callable[[Problem], None]) -> None:
        if find_spec("distributed") is None:
            message = "a scheduler was named, but Dask is not installed"
            raise EngineError(message, slug="dask-missing", hint="pip install 'runfolio[dask]'")
        self._scheduler = scheduler
        self._workers = workers
        self._tell = tell
        self._client: subprocess.Popen[bytes] | None = None
        self._is_lost = False
        self._is_busy = False

    def digest(self, jobs: Sequence[Numbered]) -> Iterator[Done]:
        """What came of every job, in no particular order.

        Raises:
            EngineError: the scheduler cannot be reached, or its workers cannot do this work; only before any is done.
        """
        left = dict(jobs)
        if left and not self._is_lost:
            for index, packed in self._answers(jobs):
                del left[index]
                yield index, packed
        if left:
            # One of these may be what killed the workers.
            yield from Processes(self._workers, apart=True).digest(list(left.items()))

    def close(self) -> None:
        """The client has ended, and a `local` cluster with it; at once where the work is given up."""
        client, self._client = self._client, None
        if client is None:
            return
        if self._is_busy:
            client.kill()
        for pipe in (client.stdin, client.stdout):
            with suppress(OSError):  # nobody is there to take the last word
                _opened(pipe).close()
        try:
            client.wait(_FAREWELL_S)
        except subprocess.TimeoutExpired:
            client.kill()
            client.wait()

    def _answers(self, jobs: Sequence[Numbered]) -> Iterator[Done]:
        """What the cluster says; ends early when it is lost."""
        for kind, value in self._talk(list(jobs)):
            if kind == "done":
                yield from value
            elif kind == "lost":
                self._lose(value)
            elif kind == "refused":
                message, slug, hint = value
                raise EngineError(message, slug=slug, hint=hint)

    def _talk(self, jobs: list[Numbered]) -> Iterator[tuple[str, Any]]:
        """Each answer to these jobs, the last one included; see the client."""
        self._is_busy = True
        kind = "sent"
        while kind in ("sent", "done"):
            try:
                if kind == "sent":
                    self._send(jobs)
                kind, value = pickle.load(_opened(self._running().stdout))
            except (EOFError, OSError, pickle.UnpicklingError):
                kind, value = "lost", "the process that speaks with the scheduler ended"
            self._is_busy = kind in ("done", "lost")
            yield kind, value

    def _running(self) -> subprocess.Popen[bytes]:
        if self._client is None:
            # The client's own words, and those of Dask, are for whoever looks for a fault.
            errors = None if os.environ.get("RUNFOLIO_TRACEBACK") else subprocess.DEVNULL
            self._client = subprocess.Popen(
                [sys.executable, "-P", "-c", _MAIN],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
            self._send(sys.path)
            self._send((self._scheduler, self._workers))
        return self._client

    def _send(self, value: Any) -> None:
        pipe = _opened(self._running().stdin)
        pickle.dump(value, pipe)
        pipe.flush()

    def _lose(self, reason: str) -> None:
        self._is_lost = True
        self.close()
        message = f"the cluster was lost while runs were read: {reason}; this machine read the rest"
        hint = "nothing is missing; see the logs of the scheduler and its workers for the cause"
        self._tell(Problem("scheduler-lost", Severity.NOTE, message, hint=hint))


def _opened(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None, "the client was started without a pipe"
    return pipe
