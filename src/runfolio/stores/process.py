"""The process that talks to object stores. It alone holds their clients and threads, so all others may fork.

Started by `client.py`: it loads pyarrow and the standard library only, and is there the sooner.
Pickled requests (number, operation, arguments) come on standard input, answers (number, value, failure) go to standard
output, in the order in which they are ready. A failure is (kind, reason); reasons hold no credentials.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from runfolio.stores.failure import Failure, failure_of, pauses_s
from runfolio.stores.files import copy, list_all, part, read, remove, sha256, state, write

#: Requests that are under way at the same time.
_AT_ONCE = 24

OPERATIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function for function in (list_all, state, read, part, write, remove, copy, sha256)
}

#: Requests that failed for good since the last one that did not: a store that is gone is not waited for any more.
_lost: list[str] = []
_PATIENCE = 16


def answered(operation: str, arguments: tuple[Any, ...]) -> tuple[Any, Failure | None]:
    """What the operation gives, or how it failed; what may be over soon is tried again."""
    urls = [text for text in arguments if isinstance(text, str) and "://" in text]
    pauses = [*pauses_s("s3" if any(url.startswith("s3:") for url in urls) else "")]
    while True:
        try:
            value = OPERATIONS[operation](*arguments)
        except Exception as error:
            failure = failure_of(error, urls)
        else:
            _lost.clear()
            return value, None
        if failure[0] != "failed":
            return None, failure
        if not pauses or len(_lost) >= _PATIENCE:
            _lost.append(operation)
            return None, failure
        time.sleep(pauses.pop(0))


def main() -> None:
    """Answers until standard input ends; that is when who asks has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, out, lock = sys.stdin.buffer, sys.stdout.buffer, threading.Lock()

    def serve(number: int, operation: str, arguments: tuple[Any, ...]) -> None:
        value, failure = answered(operation, arguments)
        with lock:
            pickle.dump((number, value, failure), out, protocol=5)
            out.flush()

    pool = ThreadPoolExecutor(_AT_ONCE)
    try:
        while True:
            pool.submit(serve, *pickle.load(source))
    except (EOFError, OSError, pickle.UnpicklingError):
        # No tidying up: the clients' own takes seconds, and everything that was asked for is answered or not wanted.
        os._exit(0)
