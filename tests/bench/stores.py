"""What runs in an object store cost: `python tests/bench/stores.py [--runs 1000] [--kinds s3,gs,abfs] [--large MB] [--json]`.

Generated runs of 10 metrics x `--steps` rows as JSON lines, two files each, against a server on this machine (moto, fake-gcs-server, Azurite;
one that is not there is left out). Each line is a command of its own from start to end. It is done twice: straight, for the seconds, and
through a proxy that counts, for calls and bytes. Then one large file in a store that gives 20 MB/s a connection, in one go and in parts.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from generate import generate

sys.path.insert(0, str(Path(__file__).parents[1] / "stores"))
from servers import KINDS, bucket_url, environment, failing, make_bucket, running, unavailable
from store_parts import Faults, settle

from runfolio.stores import store

ALWAYS = 10**9


@dataclass(frozen=True)
class Line:
    """One command, or one reading of the large file."""

    kind: str
    """The kind of store; `disk` for a folder of this machine."""
    name: str
    seconds: float
    calls: int
    megabytes: float
    """Of bodies, both ways."""


@contextmanager
def using(kind: str, address: str) -> Iterator[None]:
    """This process and those it starts know the server."""
    before = dict(os.environ)
    os.environ.update(environment(kind, address))
    store.close()
    try:
        yield
    finally:
        store.close()
        os.environ.clear()
        os.environ.update(before)


def steps(runs: Path, bucket: str) -> list[tuple[str, list[str]]]:
    """Name and arguments of each command, in their order."""
    return [
        ("sync", ["sync", str(runs), f"{bucket}/runs"]),
        ("sync, nothing changed", ["sync", str(runs), f"{bucket}/runs"]),
        ("list, nothing known", ["list", f"{bucket}/runs", "--json"]),
        ("list, nothing changed", ["list", f"{bucket}/runs", "--json"]),
        ("build to the store", ["build", f"{bucket}/runs", "--out", f"{bucket}/site"]),
        ("build to the store, nothing changed", ["build", f"{bucket}/runs", "--out", f"{bucket}/site"]),
    ]


def command(arguments: list[str], folder: Path) -> float:
    """Seconds of the command line, run in the folder."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "runfolio", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - started


def sequence(
    runs: Path, bucket: str, folder: Path, faults: Faults | None
) -> dict[str, tuple[float, int, int]]:
    """Seconds, calls and bytes of each command; no calls and bytes without a proxy that counts them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    found = {}
    for name, arguments in steps(runs, bucket):
        before = sum(faults.volume()) if faults else 0
        if faults:
            faults.tell()
        seconds = command(arguments, folder)
        calls = len(faults.calls()) if faults else 0
        found[name] = (seconds, calls, sum(faults.volume()) - before if faults else 0)
        if name == "sync" and "://" in bucket:
            settle()  # what is young is read again, see docs/object-stores.md
    return found


def of_store(kind: str, runs: Path, folder: Path, large: int) -> Iterator[Line]:
    """The lines of one kind of store."""
    with running(kind, folder / f"{kind}.log") as server:
        for name in ("bench-straight", "bench-counted"):
            make_bucket(kind, server.address, name)
        with using(kind, server.address):
            straight = sequence(runs, bucket_url(kind, "bench-straight"), folder / "work", None)
        with failing(server.address) as address, using(kind, address):
            counted = sequence(runs, bucket_url(kind, "bench-counted"), folder / "work", Faults(address))
            for name, (_, calls, size) in counted.items():
                yield Line(kind, name, straight[name][0], calls, size / 1e6)
            yield from of_large_file(kind, bucket_url(kind, "bench-counted"), Faults(address), large)


def of_large_file(kind: str, bucket: str, faults: Faults, megabytes: int) -> Iterator[Line]:
    """One file in one go, and in parts, where each connection is held back."""
    body = os.urandom(megabytes * 1_000_000)
    store.call("write", bucket, "large.bin", body, "")
    for name, hint in (("large file in one go", 0), ("large file in parts", len(body))):
        faults.tell({"method": "GET", "path": "large.bin", "do": "paced", "times": ALWAYS})
        started = time.perf_counter()
        assert store.call("read", bucket, "large.bin", hint) == body
        yield Line(kind, name, time.perf_counter() - started, len(faults.calls()), megabytes)


def measure(runs: int, rows: int, kinds: list[str], large: int) -> list[Line]:
    """All lines: those of a folder of this machine first."""
    with tempfile.TemporaryDirectory() as given:
        folder = Path(given)
        source = generate(folder / "runs", runs, steps=rows)
        disk = sequence(source, str(folder / "disk"), folder / "work", None)
        lines = [Line("disk", name, seconds, 0, 0.0) for name, (seconds, _, _) in disk.items()]
        for kind in kinds:
            if reason := unavailable(kind):
                print(f"{kind}: {reason}", file=sys.stderr)
                continue
            lines += of_store(kind, source, folder, large)
    return lines


def show(lines: list[Line]) -> None:
    """A table, each line beside the same command on this machine's disk."""
    disk = {line.name: line.seconds for line in lines if line.kind == "disk"}
    print(f"{'store':<6}{'what':<38}{'seconds':>9}{'x disk':>9}{'calls':>8}{'MB':>9}")
    for line in lines:
        ratio = f"{line.seconds / disk[line.name]:.1f}" if line.name in disk and line.kind != "disk" else ""
        print(
            f"{line.kind:<6}{line.name:<38}{line.seconds:>9.2f}{ratio:>9}{line.calls:>8,}{line.megabytes:>9.1f}"
        )


def main() -> int:
    """0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=100, help="rows of each run")
    parser.add_argument("--kinds", default=",".join(KINDS), help="kinds of stores, by comma")
    parser.add_argument("--large", type=int, default=64, help="MB of the large file")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    given = parser.parse_args()
    lines = measure(given.runs, given.steps, given.kinds.split(","), given.large)
    if given.json:
        print(json.dumps([asdict(line) for line in lines], indent=1))
    else:
        show(lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
