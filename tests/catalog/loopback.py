"""A real scheduler and real workers on the loopback address, each a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

_PATIENCE_S = 60.0


class Loopback:
    """A Dask scheduler on a free port, and the workers started so far; all end with the `with` block.

    Args:
        folder: for logs and what Dask writes; made if it is not there.
        environment: variables of all its processes, besides those of this one.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._environment = {**os.environ, **(environment or {})}
        self.workers: list[subprocess.Popen[bytes]] = []
        card = folder / "scheduler.json"
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(card)
        )
        self._await(card, '"address"')
        self.address: str = json.loads(card.read_text())["address"]

    def add_workers(self, count: int, *interpreter: str, **environment: str) -> None:
        """Start so many workers of one thread and wait until the scheduler knows them.

        Args:
            count: how many.
            interpreter: options of Python.
            environment: more variables.
        """
        names = [f"worker-{len(self.workers) + place}" for place in range(count)]
        for name in names:
            options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--name", name)
            place = ("--local-directory", str(self._folder), "--host", "127.0.0.1")
            process = self._start(
                "worker", self.address, *options, *place, log=name, interpreter=interpreter, **environment
            )
            self.workers.append(process)
        for name in names:
            self._await(self._folder / f"{name}.log", "Registered to")

    def _start(
        self, part: str, *options: str, log: str = "", interpreter: tuple[str, ...] = (), **environment: str
    ) -> subprocess.Popen[bytes]:
        with (self._folder / f"{log or part}.log").open("wb") as output:
            return subprocess.Popen(
                [sys.executable, *interpreter, "-m", f"distributed.cli.dask_{part}", *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**self._environment, **environment},
                cwd=self._folder,
            )

    def _await(self, path: Path, text: str) -> None:
        end = time.monotonic() + _PATIENCE_S
        while not path.exists() or text not in path.read_text():
            if time.monotonic() > end:
                logs = "\n".join(log.read_text()[-2000:] for log in self._folder.glob("*.log"))
                raise TimeoutError(f"{path.name} never said {text!r}\n{logs}")
            time.sleep(0.02)

    def __enter__(self) -> Loopback:
        return self

    def __exit__(self, *_: object) -> None:
        for process in (*self.workers, self.scheduler):
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()
