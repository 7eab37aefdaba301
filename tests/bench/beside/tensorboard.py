"""TensorBoard: from its launch until it has served every scalar, beside a cold build of the same runs."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.parse
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from beside.corpus import Corpus, cold_build, cold_compare, program, unchanged_build
from beside.environments import Environments
from beside.race import Race, Taken, Way

_PATIENCE_S = 900
_PAUSE_S = 0.2


def races(corpus: Corpus, environments: Environments, work: Path) -> list[Race]:
    python = environments.python("tensorboard==2.21.0")
    events = work / f"events-{corpus.runs}"
    if not events.exists():
        program(python, "write_events.py", corpus.folder, events)
    return [
        Race(
            "TensorBoard, launched until all scalars are served",
            partial(serve, python, events, corpus),
            (
                Way("compare, no cache", partial(cold_compare, corpus), goal=10),
                Way("build, no cache", partial(cold_build, corpus), goal=10),
                Way("build, nothing changed", partial(unchanged_build, corpus), goal=10),
            ),
        )
    ]


def serve(python: str, events: Path, corpus: Corpus) -> Taken:
    """TensorBoard started as a user starts it and asked for its scalars until all are there; `json_bytes` is their size."""
    port = _free_port()
    command = [python, "-m", "tensorboard.main", "--logdir", str(events), "--port", str(port)]
    began = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        size = _fetch_all(port, corpus, process)
        seconds = time.perf_counter() - began
        return Taken(seconds, *_used(process.pid), {"json_bytes": size})
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _fetch_all(port: int, corpus: Corpus, process: subprocess.Popen[bytes]) -> int:
    """Bytes of the answers that hold every series to its last step."""
    deadline = time.monotonic() + _PATIENCE_S
    tags: dict[str, Any] = {}
    while len(tags) < corpus.runs or any(len(found) < corpus.metrics for found in tags.values()):
        tags, _ = _ask(port, "tags") or ({}, 0)
        _wait(process, deadline)
    runs, size = sorted(tags), 0
    for tag in tags[runs[0]]:
        missing = runs
        while missing:
            series, part = _ask(port, "scalars_multirun", tag=tag, runs=missing) or ({}, 0)
            whole = {run for run, points in series.items() if points and points[-1][1] == corpus.steps - 1}
            size += part if whole else 0
            missing = [run for run in missing if run not in whole]
            if missing:
                _wait(process, deadline)
    return size


def _wait(process: subprocess.Popen[bytes], deadline: float) -> None:
    if process.poll() is not None:
        raise SystemExit(f"TensorBoard ended with {process.returncode}")
    if time.monotonic() > deadline:
        raise SystemExit(f"TensorBoard has not served all scalars after {_PATIENCE_S} s")
    time.sleep(_PAUSE_S)


def _ask(port: int, what: str, **form: Any) -> tuple[Any, int] | None:
    """The answer of the scalars plugin and its bytes; None as long as there is none."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    path = f"/data/plugin/scalars/{what}"
    try:
        if form:
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", path, urllib.parse.urlencode(form, doseq=True), kind)
        else:
            connection.request("GET", path)
        answer = connection.getresponse()
        content = answer.read()
        return (json.loads(content), len(content)) if answer.status == 200 else None
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _used(leader: int) -> tuple[float, int]:
    """Processor seconds, and the most memory in bytes, each at its own peak, of the process and those it started."""
    cpu, peak = 0.0, 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) == leader:
                times = (folder / "stat").read_text().rpartition(")")[2].split()[11:13]
                cpu += sum(map(int, times)) / os.sysconf("SC_CLK_TCK")
                found = re.search(r"VmHWM:\s*(\d+) kB", (folder / "status").read_text())
                peak += 1024 * int(found[1]) if found else 0
        except (ProcessLookupError, FileNotFoundError):
            continue
    return cpu, peak
