"""What the tests of object stores share: the server and the proxy as a test sees them, command lines, tiny runs."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runfolio.catalog.remote_storage import SETTLED_NS

KEY, SECRET = "AKIAQWERTYTESTKEY", "wJalrXUtnFEMI+bPxRfiCYEXAMPLEKEY"


@dataclass(frozen=True)
class Server:
    """The S3 server: where it listens, and the log of what it was asked."""

    address: str
    log: Path

    def calls(self, since: int = 0) -> list[tuple[str, str]]:
        """Method and path of every request, from so many on."""
        lines = [line for line in self.log.read_text().splitlines() if " HTTP/1." in line][since:]
        parts = [line.partition(" HTTP/1.")[0].split()[-2:] for line in lines]
        return [(method.rpartition("m")[2].lstrip('"'), path) for method, path in parts]

    def ask(self, method: str, path: str, body: bytes = b"") -> http.client.HTTPResponse:
        """The server's answer, without its body."""
        return ask(self.address, method, path, body)[0]


def ask(address: str, method: str, path: str, body: bytes = b"") -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(address, timeout=30)
    signed = f"AWS4-HMAC-SHA256 Credential={KEY}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
    connection.request(method, path, body, {"Authorization": signed})
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer, data


@dataclass(frozen=True)
class Faults:
    """The proxy that fails as it is told."""

    address: str

    def tell(self, *rules: dict[str, Any]) -> None:
        """These requests fail from now on, and the others are counted anew."""
        ask(self.address, "POST", "/-/rules", json.dumps(rules).encode())
        self.calls()

    def calls(self) -> list[tuple[str, str]]:
        """What was asked since the last question."""
        return [(method, path) for method, path in json.loads(ask(self.address, "GET", "/-/calls")[1])]

    def volume(self) -> tuple[int, int]:
        """Bytes of bodies that came from clients, and that went to them, so far."""
        received, sent = json.loads(ask(self.address, "GET", "/-/bytes")[1])
        return received, sent

    def bodies(self) -> list[str]:
        """Short texts that were posted so far."""
        return [str(text) for text in json.loads(ask(self.address, "GET", "/-/bodies")[1])]


@dataclass(frozen=True)
class Stored:
    """A bucket of some kind of store."""

    kind: str
    """`s3`, `gs` or `abfs`."""
    url: str
    faults: Faults


@dataclass(frozen=True)
class Outcome:
    """What a command line came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Outcome]


def settle() -> None:
    """What was written to a store just now is read again the next time; this waits until it is believed to stay."""
    time.sleep(SETTLED_NS / 1e9 + 1.1)


def write_runs(folder: Path, count: int, *, first: int = 0, **fields: Any) -> Path:
    """So many tiny finished runs of one experiment."""
    for number in range(first, first + count):
        place = folder / "sweep" / f"run-{number}"
        place.mkdir(parents=True)
        record = {
            "schema": 1,
            "run_id": f"run-{number}",
            "experiment": "sweep",
            "status": "finished",
            "parameters": {"lr": 0.1 * (number % 4), "seed": number},
            **fields,
        }
        (place / "run.json").write_text(json.dumps(record))
        rows = ({"step": step, "loss": 1 / (number + step + 1)} for step in range(3))
        (place / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder
