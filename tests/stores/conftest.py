"""A real S3 server as a process of its own on the loopback address, a bucket for each test, and a proxy that fails.

No test holds a store's client or a thread: pyarrow's S3 lives in the process that `runfolio.catalog.store` starts.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from store_parts import KEY, SECRET, Command, Faults, Outcome, Server

from runfolio.catalog.store import store
from runfolio.cli import run

_BUCKET = (
    "import sys; from pyarrow import fs\n"
    "store = fs.S3FileSystem(endpoint_override=sys.argv[1], scheme='http', region='us-east-1', allow_bucket_creation=True)\n"
    "store.create_dir(sys.argv[2])\n"
    "import os; os._exit(0)"
)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A moto server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("moto") / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=stream,
            stderr=subprocess.STDOUT,
            env={"PATH": "/usr/bin:/bin"},
        )
    try:
        end = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < end, log.read_text()
                time.sleep(0.05)
        yield Server(f"127.0.0.1:{port}", log)
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def bucket(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of an empty bucket; the environment knows the server and the credentials, the working folder is empty."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_ENDPOINT_URL": f"http://{server.address}",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    name = "bucket-" + tmp_path.name.replace("_", "-").lower()[:50].strip("-")
    subprocess.run([sys.executable, "-c", _BUCKET, server.address, name], check=True)
    store.close()  # one that is still there knows another environment
    yield f"s3://{name}"
    store.close()


@pytest.fixture
def faults(server: Server, bucket: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Faults]:
    """The server is reached through a proxy."""
    script = Path(__file__).with_name("faulty_proxy.py")
    process = subprocess.Popen(
        [sys.executable, str(script), server.address], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    address = f"127.0.0.1:{process.stdout.readline().strip()}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{address}")
    yield Faults(address)
    store.close()
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str]) -> Command:
    """Runs a command line. Nothing that is ever printed may hold the credentials."""

    def call(*arguments: object) -> Outcome:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        found = Outcome(code, *capfd.readouterr())
        for secret in (KEY, SECRET):
            assert secret not in found.out + found.err
        return found

    return call
