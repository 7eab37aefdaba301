"""The process that talks to object stores. It alone holds their clients and threads, so all others may fork.

Run as a script by `store.py`, never imported: it needs the standard library and pyarrow only, and starts the sooner.
Pickled requests (number, operation, arguments) come on standard input, answers (number, value, failure) go to standard
output, in the order in which they are ready. A failure is (kind, reason); reasons hold no credentials.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import re
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

#: Requests that are under way at the same time.
_AT_ONCE = 24
#: Pauses before a failed request is tried again, over what the store's own client tries.
_PAUSES_S = (0.2, 0.6, 1.8)
_CHUNK = 1 << 22
_DENIED = re.compile(
    r"ACCESS_DENIED|INVALID_ACCESS_KEY|SIGNATURE_DOES_NOT_MATCH|INVALID_SIGNATURE|TOKEN|HTTP status 40[13]|[Pp]ermission"
)
_MISSING = re.compile(r"NO_SUCH_BUCKET|NO_SUCH_KEY|RESOURCE_NOT_FOUND|does not exist", re.IGNORECASE)
_SECRET_NAME = re.compile(r"KEY|SECRET|TOKEN|PASSWORD|CREDENTIAL", re.IGNORECASE)
#: What a URL of S3 may say behind its question mark.
_S3_OPTIONS = {"region", "scheme", "endpoint_override", "tls_ca_file_path"}

Failure = tuple[str, str]


class _Stores:
    """The file systems that were opened so far, by place."""

    def __init__(self) -> None:
        self._opened: dict[str, tuple[Any, str]] = {}
        self._lock = threading.Lock()

    def open(self, place: str) -> tuple[Any, str]:
        """File system and path of a place: a URL, or a folder of this machine."""
        with self._lock:
            if place not in self._opened:
                self._opened[place] = _open(place)
            return self._opened[place]

    def full(self, place: str, path: str) -> tuple[Any, str]:
        """File system and path of a file in a place."""
        files, base = self.open(place)
        return files, f"{base}/{path}" if path else base


def _open(place: str) -> tuple[Any, str]:
    from pyarrow import fs

    parts = urlsplit(place)
    if "://" not in place:
        return fs.LocalFileSystem(), place
    if parts.scheme != "s3":
        files, base = fs.FileSystem.from_uri(place)
        return files, base.rstrip("/")
    user, _, bucket = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    unknown = options.keys() - _S3_OPTIONS
    if unknown:
        known = ", ".join(sorted(_S3_OPTIONS))
        raise ValueError(f"the URL has options that are not known; known are {known}")
    endpoint = options.get("endpoint_override") or _variable("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
    scheme, _, host = (endpoint or "").rpartition("://")
    region = options.get("region") or _variable("AWS_REGION", "AWS_DEFAULT_REGION")
    if region is None:
        region = "us-east-1" if endpoint else fs.resolve_s3_region(bucket)
    files = fs.S3FileSystem(
        access_key=unquote(name) or None,
        secret_key=unquote(password) or None,
        region=region,
        scheme=options.get("scheme") or scheme or None,
        endpoint_override=host.rstrip("/") or None,
        tls_ca_file_path=options.get("tls_ca_file_path"),
        # A small object is then one call instead of three.
        allow_delayed_open=True,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=2),
    )
    return files, f"{bucket}/{unquote(parts.path).strip('/')}".rstrip("/")


def _variable(*names: str) -> str | None:
    return next((os.environ[name] for name in names if os.environ.get(name)), None)


stores = _Stores()


def list_all(place: str) -> tuple[str, list[tuple[str, int, int, bool]]]:
    """What the place is (`folder` or `file`), and all below it: path, size, time in ns, whether it is a folder."""
    from pyarrow import fs

    files, base = stores.open(place)
    try:
        found = files.get_file_info(fs.FileSelector(base, recursive=True))
    except (FileNotFoundError, NotADirectoryError):
        info = files.get_file_info(base)
        if not info.is_file:
            raise
        return "file", [("", info.size, info.mtime_ns or 0, False)]
    is_folder = fs.FileType.Directory
    rows = [(i.path[len(base) + 1 :], i.size or 0, i.mtime_ns or 0, i.type == is_folder) for i in found]
    return "folder", rows


def read(place: str, path: str) -> bytes:
    """The bytes of a file."""
    files, full = stores.full(place, path)
    with files.open_input_stream(full) as stream:
        return bytes(stream.read())


def write(place: str, path: str, data: bytes, media_type: str) -> None:
    """Nothing; the file is as a whole what is given."""
    with _writing(place, path, media_type) as stream:
        stream.write(data)


def remove(place: str, path: str) -> None:
    """Nothing; the file is not there."""
    files, full = stores.full(place, path)
    with contextlib.suppress(FileNotFoundError):
        files.delete_file(full)


def copy(source: str, path: str, target: str, media_type: str) -> tuple[int, str]:
    """Size and SHA-256 of a file that was copied from one place to another, under the same path."""
    digest, size = hashlib.sha256(), 0
    files, full = stores.full(source, path)
    with files.open_input_stream(full) as stream, _writing(target, path, media_type) as out:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            out.write(chunk)
    return size, digest.hexdigest()


def sha256(place: str, path: str) -> str:
    """SHA-256 of a file."""
    digest = hashlib.sha256()
    files, full = stores.full(place, path)
    with files.open_input_stream(full) as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


class _writing:  # noqa: N801 - used like a function
    """A stream to a file that is there as a whole or not at all: stores do so by themselves, a disk by a rename."""

    def __init__(self, place: str, path: str, media_type: str) -> None:
        self._files, self._full = stores.full(place, path)
        self._is_on_disk = "://" not in place
        is_hdfs = place.startswith(("hdfs:", "viewfs:"))
        self._target = f"{self._full}.{os.getpid()}.tmp" if self._is_on_disk or is_hdfs else self._full
        self._metadata = (
            {"Content-Type": media_type} if media_type and place.startswith(("s3", "g")) else None
        )

    def __enter__(self) -> Any:
        if self._is_on_disk:
            os.makedirs(os.path.dirname(self._full), exist_ok=True)  # noqa: PTH103, PTH120 - as text throughout
        self._stream = self._files.open_output_stream(self._target, metadata=self._metadata)
        return self._stream

    def __exit__(self, kind: object, *_: object) -> None:
        self._stream.close()
        if kind is not None:
            # Closing may have made half a file of it: pyarrow cannot give up a stream.
            self._files.delete_file(self._target)
        elif self._target != self._full:
            self._files.move(self._target, self._full)


OPERATIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function for function in (list_all, read, write, remove, copy, sha256)
}


#: Requests that failed for good since the last one that did not: a store that is gone is not waited for any more.
_lost: list[str] = []
_PATIENCE = 16


def answered(operation: str, arguments: tuple[Any, ...]) -> tuple[Any, Failure | None]:
    """What the operation gives, or how it failed; what may be over soon is tried again."""
    urls = [text for text in arguments if isinstance(text, str) and "://" in text]
    pauses = [*_PAUSES_S]
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


def failure_of(error: Exception, urls: list[str]) -> Failure:
    """Kind (`missing`, `denied`, `wrong`, `failed`) and reason of a failure, without the words of the server."""
    text = str(error)
    # A server's own words may repeat the key that it refuses: only the name of its error is taken.
    found = re.search(r"AWS Error ([A-Z_]+(?: \(HTTP status \d+\))?) during (\w+) operation", text)
    code = re.search(r"curlCode: \d+, ([\w ']+)", text)
    if found:
        reason = f"{found[1]} during {found[2]}" + (f": {code[1]}" if code else "")
    else:
        reason = without_secrets(text.splitlines()[0][:300] if text else type(error).__name__, urls)
    if isinstance(error, FileNotFoundError) or (found and _MISSING.search(found[1])):
        return "missing", "it is not there" if not found else reason
    if isinstance(error, PermissionError) or _DENIED.search(found[1] if found else text):
        return "denied", f"access was denied ({reason})"
    if isinstance(error, ValueError | ImportError | NotImplementedError):
        return "wrong", reason
    return "failed", reason


def without_secrets(text: str, urls: list[str]) -> str:
    """The text without what the URLs and the environment hold of credentials."""
    secrets = {value for name, value in os.environ.items() if _SECRET_NAME.search(name)}
    for url in urls:
        parts = urlsplit(url)
        secrets |= {url, parts.query, *parts.netloc.rpartition("@")[0].split(":")}
        secrets |= {value for values in parse_qs(parts.query).values() for value in values}
    for secret in sorted(secrets | {unquote(secret) for secret in secrets}, key=len, reverse=True):
        if len(secret) > 3:
            text = text.replace(secret, "…")
    return text


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


if __name__ == "__main__":
    main()
