"""The process's own CPU and memory, sampled by a thread and logged as metrics."""

# os.path instead of pathlib, which would double the import time.
# ruff: noqa: PTH123
from __future__ import annotations

import os
import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CPU = "system/cpu_percent"
MEMORY = "system/memory_bytes"


class Monitor:
    """Samples until stopped.

    Args:
        write: takes the metrics of one sample.
        interval_s: seconds between samples.
    """

    def __init__(self, write: Callable[[Mapping[str, float]], None], interval_s: float) -> None:
        self._write = write
        self._interval_s = interval_s
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="runfolio-monitor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no more samples."""
        self._stopped.set()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=5)

    def _work(self) -> None:
        wall, used = time.monotonic(), _cpu_seconds()
        while not self._stopped.wait(self._interval_s):
            wall_now, used_now = time.monotonic(), _cpu_seconds()
            share = 100 * (used_now - used) / max(wall_now - wall, 1e-9)
            wall, used = wall_now, used_now
            self._write({CPU: round(share, 2), **_memory()})


def _cpu_seconds() -> float:
    """CPU time of this process and its ended children; 100 % is one core."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _memory() -> dict[str, float]:
    """Resident memory in bytes; empty where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return {MEMORY: int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")}
    except (OSError, ValueError, IndexError):
        return {}
