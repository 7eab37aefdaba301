"""The process that speaks with a Dask scheduler for a build: jobs come in by stdin, answers go out by stdout.

Answers are pairs: ("done", what came of some jobs), ("end", None) when all jobs that were sent are done, and instead of it
("refused", (message, slug, hint)) or ("lost", reason) when the cluster cannot be used, or not any more.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import Any

import dask
from distributed import Client, KilledWorker, LocalCluster

from runfolio import __version__
from runfolio.catalog.cluster_worker import digest_for
from runfolio.catalog.engine import Done, Numbered, died
from runfolio.catalog.fitness import require_fit
from runfolio.errors import EngineError

#: A scheduler that does not answer in this time cannot be reached.
_CONNECT_S = 5.0
_FIRST_WORKER_S = 5.0
#: So long nothing may come before the scheduler is asked whether it lives, and so long it may take to say so.
_QUIET_S, _ANSWER_S = 2.0, 10.0
#: So long a cluster may have no worker at all: a new process takes the place of one that died.
_NO_WORKER_S = 10.0

#: A chunk takes as many runs as make so many bytes of files, so that Dask's millisecond a task does not count …
_CHUNK_BYTES = (2_000_000, 16_000_000)
#: … where opening a run counts as so many.
_RUN_BYTES = 50_000
#: Chunks a thread of a worker, so that all end at about the same time; and so many are sent ahead.
_CHUNKS_EACH, _AHEAD_EACH = 4, 3

Say = Callable[[str, Any], None]


class LostError(Exception):
    """The cluster cannot go on; the text says why."""


def main() -> None:
    """Serve one build until it sends no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the build decides what an interruption means
    # Whatever prints goes where errors go: answers have this pipe for themselves.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    logging.getLogger("distributed").setLevel(logging.CRITICAL)

    def say(kind: str, value: Any) -> None:
        pickle.dump((kind, value), answers)
        answers.flush()

    scheduler, workers = pickle.load(sys.stdin.buffer)
    try:
        with _connected(scheduler, workers) as client:
            for jobs in _batches():
                try:
                    require_fit(client, jobs)
                    _digest(client, jobs, say)
                except LostError as error:
                    # The build ends this process then, whatever Dask still waits for.
                    say("lost", str(error))
                    return
                say("end", None)
    except EngineError as error:
        say("refused", (error.message, error.error_slug, error.hint))
    except BrokenPipeError:
        pass  # the build is gone
    # All is said and closed; threads that Dask may have left behind are not waited for.
    os._exit(0)


def _batches() -> Iterator[list[Numbered]]:
    while True:
        try:
            yield pickle.load(sys.stdin.buffer)
        except EOFError:
            return


@contextmanager
def _connected(scheduler: str, workers: int | None) -> Iterator[Client]:
    """A client of the scheduler, which has a worker. EngineError when it cannot be reached."""
    with ExitStack() as stack:
        try:
            place = stack.enter_context(_own_cluster(workers)) if scheduler == "local" else scheduler
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore"
                )  # of versions; what does not fit is found by asking the workers
                client = Client(place, timeout=_CONNECT_S, set_as_default=False, name="runfolio")
        except Exception as error:  # Dask has many names for it
            raise _unreachable(scheduler, error) from error
        stack.enter_context(client)
        try:
            client.wait_for_workers(1, timeout=_FIRST_WORKER_S)
        except TimeoutError:
            message = f"the scheduler {scheduler} has no worker"
            hint = f"start one: dask worker {scheduler} --nthreads 1"
            raise EngineError(message, slug="no-worker", hint=hint) from None
        yield client


def _own_cluster(workers: int | None) -> LocalCluster:
    # A run that killed one worker shall not kill the next ones before it is tried alone.
    dask.config.set({"distributed.scheduler.allowed-failures": 0})
    return LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)


def _unreachable(scheduler: str, error: Exception) -> EngineError:
    reason = str(error).partition("\n")[0][:200] or type(error).__name__
    return EngineError(
        f"the scheduler {scheduler} cannot be reached: {reason}",
        slug="scheduler",
        hint="check the address that `dask scheduler` printed, such as tcp://host:8786, or use --scheduler local",
    )


def _digest(client: Client, jobs: Sequence[Numbered], say: Say) -> None:
    """Say what came of every job. Chunks whose workers died are tried again run by run, with nothing else on the way."""
    threads = max(1, sum(client.nthreads().values()))
    suspects: list[Numbered] = []
    # Never shut down: that would wait for what a lost cluster still owes.
    executor = client.get_executor(pure=False)
    for chunk, found in _completed(client, executor, chunks_of(jobs, threads), _AHEAD_EACH * threads):
        if found is None:
            suspects += chunk
        else:
            say("done", found)
    for chunk, found in _completed(client, executor, ([job] for job in suspects), 1):
        say("done", [(index, died(job)) for index, job in chunk] if found is None else found)


def chunks_of(jobs: Iterable[Numbered], threads: int) -> Iterator[list[Numbered]]:
    """The jobs in parts of about one size in bytes."""
    jobs = list(jobs)
    sizes = [job.claim.size_bytes + _RUN_BYTES for _, job in jobs]
    least, most = _CHUNK_BYTES
    enough = min(max(sum(sizes) // (threads * _CHUNKS_EACH), least), most)
    chunk: list[Numbered] = []
    filled = 0
    for job, size in zip(jobs, sizes, strict=True):
        chunk.append(job)
        filled += size
        if filled >= enough:
            yield chunk
            chunk, filled = [], 0
    if chunk:
        yield chunk


def _completed(
    client: Client, executor: Executor, chunks: Iterable[list[Numbered]], ahead: int
) -> Iterator[tuple[list[Numbered], list[Done] | None]]:
    """Each chunk with what came of it, None when its workers died; at most `ahead` are on the way.

    Raises:
        LostError: no more will come.
    """
    waiting = iter(chunks)
    pending: dict[Future[list[Done]], list[Numbered]] = {}
    without_worker_s = 0.0
    while True:
        for chunk in islice(waiting, ahead - len(pending)):
            pending[executor.submit(digest_for, __version__, chunk)] = chunk
        if not pending:
            return
        done = wait(pending, timeout=_QUIET_S, return_when=FIRST_COMPLETED).done
        without_worker_s = 0.0 if done or _has_workers(client) else without_worker_s + _QUIET_S
        if without_worker_s >= _NO_WORKER_S:
            raise LostError("no worker is left")
        for future in done:
            yield pending.pop(future), _result(future)


def _result(future: Future[list[Done]]) -> list[Done] | None:
    try:
        return future.result()
    except KilledWorker:
        return None
    except CancelledError as error:
        raise LostError("the scheduler is gone") from error
    except Exception as error:  # readers raise nothing: the worker itself is at fault
        raise LostError(f"a worker cannot do this work ({type(error).__name__})") from error


def _has_workers(client: Client) -> bool:
    try:
        return bool(client.sync(client.scheduler.ncores, callback_timeout=_ANSWER_S))
    except Exception as error:  # whatever it is, there is no answer
        raise LostError("the scheduler does not answer") from error
