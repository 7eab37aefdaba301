"""Asks the process that talks to object stores. This process never holds a store's client, so it may fork at any time."""

from __future__ import annotations

import atexit
import contextlib
import errno
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

#: The folder of the package comes last among those that are searched: it may hold other packages, too.
_PROGRAM = "import sys; sys.path.append(sys.argv[1]); from runfolio.stores.process import main; main()"
_HOME = str(Path(__file__).parents[2])
_KINDS = {"missing": errno.ENOENT, "denied": errno.EACCES, "wrong": errno.EINVAL, "failed": errno.EIO}


class Store:
    """Requests to the one process of this process, which starts with the first. A forked process starts its own."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._inherited: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._last = 0
        self._waiting: set[int] = set()
        self._answers: dict[int, tuple[Any, tuple[str, str] | None]] = {}
        self._lock = threading.RLock()

    def ask(self, operation: str, *arguments: object) -> int:
        """Number of the request; `answer` waits for what comes of it, and many may be under way."""
        with self._lock:
            process = self._running()
            self._last += 1
            self._waiting.add(self._last)
            try:
                pickle.dump((self._last, operation, arguments), process.stdin, protocol=5)  # type: ignore[arg-type]
                process.stdin.flush()  # type: ignore[union-attr]
            except OSError:
                self.close()
            except BaseException:
                self.close()
                raise
            return self._last

    def answer(self, number: int) -> Any:
        """What the operation gave. OSError when it failed: its errno tells the kind, its strerror the reason."""
        with self._lock:
            while number not in self._answers and number in self._waiting:
                self._receive()
            self._waiting.discard(number)
            value, failure = self._answers.pop(
                number, (None, ("failed", "the connection to the store ended"))
            )
        if failure is not None:
            # OSError makes FileNotFoundError and PermissionError of the numbers.
            raise OSError(_KINDS[failure[0]], failure[1])
        return value

    def call(self, operation: str, *arguments: object) -> Any:
        """What the operation gives, waited for."""
        return self.answer(self.ask(operation, *arguments))

    def drop(self, number: int) -> None:
        """Nobody wants this answer any more."""
        with self._lock:
            self._answers.pop(number, None)
            self._waiting.discard(number)

    def close(self) -> None:
        """End the process; the next request starts another. What was under way has failed."""
        with self._lock:
            process, self._process = self._process, None
            self._waiting.clear()
            if process is None or self._owner != os.getpid():
                return
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):  # what it still held goes nowhere
                        stream.close()

    def _receive(self) -> None:
        process = self._process
        if process is None or process.stdout is None or self._owner != os.getpid():
            self._waiting.clear()
            return
        try:
            number, value, failure = pickle.load(process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError):
            self.close()
            return
        except BaseException:
            # Ctrl-C in the middle of an answer: the rest of it would be taken for the next one.
            self.close()
            raise
        if number in self._waiting:
            self._answers[number] = (value, failure)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():
            # The parent's process is the parent's: two askers would tear each other's answers.
            self._inherited, self._process = self._process, None
            self._waiting, self._answers, self._owner = set(), {}, os.getpid()
        if self._process is None:
            self._process = subprocess.Popen(
                # Not the working folder but the installed packages are where its imports come from.
                [sys.executable, "-P", "-c", _PROGRAM, _HOME],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process


store = Store()
atexit.register(store.close)
