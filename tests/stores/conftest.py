"""Real servers as processes of their own on the loopback address, a bucket for each test, and a proxy that fails.

No test holds a store's client or a thread: pyarrow's clients live in the process that `runfolio.stores` starts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from servers import KINDS, SECRETS, bucket_url, environment, failing, make_bucket, running, unavailable
from store_parts import Command, Faults, Outcome, Server, Stored

from runfolio.cli import run
from runfolio.stores import store


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A moto server, for S3."""
    with running("s3", tmp_path_factory.mktemp("s3") / "log") as found:
        yield found


@pytest.fixture(scope="session")
def gcs_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A fake-gcs-server."""
    with running("gs", tmp_path_factory.mktemp("gs") / "log") as found:
        yield found


@pytest.fixture(scope="session")
def azure_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An Azurite."""
    with running("abfs", tmp_path_factory.mktemp("abfs") / "log") as found:
        yield found


def _name(tmp_path: Path) -> str:
    return "bucket-" + "".join(c if c.isalnum() else "-" for c in tmp_path.name.lower())[:50].strip("-")


@pytest.fixture
def bucket(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of an empty bucket; the environment knows the server and the credentials, the working folder is empty."""
    for name, value in environment("s3", server.address).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    make_bucket("s3", server.address, _name(tmp_path))
    store.close()  # one that is still there knows another environment
    yield bucket_url("s3", _name(tmp_path))
    store.close()


@pytest.fixture
def faults(server: Server, bucket: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Faults]:
    """The server is reached through a proxy."""
    with failing(server.address) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{address}")
        yield Faults(address)
        store.close()


@pytest.fixture(params=KINDS)
def stored(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stored]:
    """An empty bucket of each kind of store, behind a proxy; the working folder is empty."""
    kind = request.param
    if reason := unavailable(kind):
        pytest.skip(reason)
    fixture = {"s3": "server", "gs": "gcs_server", "abfs": "azure_server"}[kind]
    server: Server = request.getfixturevalue(fixture)
    make_bucket(kind, server.address, _name(tmp_path))
    monkeypatch.chdir(tmp_path)
    with failing(server.address) as address:
        for name, value in environment(kind, address).items():
            monkeypatch.setenv(name, value)
        store.close()
        yield Stored(kind, bucket_url(kind, _name(tmp_path)), Faults(address))
        store.close()


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str]) -> Command:
    """Runs a command line. Nothing that is ever printed may hold the credentials."""

    def call(*arguments: object) -> Outcome:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        found = Outcome(code, *capfd.readouterr())
        for secret in SECRETS:
            assert secret not in found.out + found.err
        return found

    return call
