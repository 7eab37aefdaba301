"""From a URL to a file system of pyarrow: endpoints, options and credentials from where each store's own tools take them."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

#: What a URL may say behind its question mark.
_S3_OPTIONS = {"region", "scheme", "endpoint_override", "tls_ca_file_path"}
_GCS_OPTIONS = {"scheme", "endpoint_override"}
_AZURE_OPTIONS = {"enable_tls", "blob_storage_authority", "dfs_storage_authority"}
#: The client's own way to try again would take a quarter of an hour.
_GCS_PATIENCE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file system, and where in it the place is."""

    kind: str
    """`s3`, `gs`, `abfs`, `hdfs`, or an empty text for this machine."""
    files: Any
    base: str

    def full(self, path: str) -> str:
        """A file of the place as the file system knows it."""
        return f"{self.base}/{path}" if path else self.base


class Places:
    """What was opened so far, by URL or folder."""

    def __init__(self) -> None:
        self._opened: dict[str, Opened] = {}
        self._lock = threading.Lock()

    def open(self, place: str) -> Opened:
        """The file system of a place. ValueError where the URL says what nobody understands."""
        with self._lock:
            if place not in self._opened:
                self._opened[place] = _open(place)
            return self._opened[place]


def _open(place: str) -> Opened:
    if "://" not in place:
        from pyarrow import fs

        return Opened("", fs.LocalFileSystem(), place)
    parts = urlsplit(place)
    if parts.scheme == "s3":
        return _s3(parts)
    if parts.scheme in ("gs", "gcs"):
        return _gcs(parts)
    if parts.scheme in ("abfs", "abfss"):
        return _azure(parts)
    return _hdfs(place)


def _s3(parts: SplitResult) -> Opened:
    from pyarrow import fs

    name, password, bucket = _user_and_host(parts)
    options = _options(parts, _S3_OPTIONS)
    endpoint = options.get("endpoint_override") or _variable("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
    scheme, host = _endpoint(endpoint)
    region = options.get("region") or _variable("AWS_REGION", "AWS_DEFAULT_REGION")
    if region is None:
        region = "us-east-1" if endpoint else fs.resolve_s3_region(bucket)
    files = fs.S3FileSystem(
        access_key=name,
        secret_key=password,
        region=region,
        scheme=options.get("scheme") or scheme,
        endpoint_override=host,
        tls_ca_file_path=options.get("tls_ca_file_path"),
        # A small object is then one call instead of three.
        allow_delayed_open=True,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=2),
    )
    return Opened("s3", files, _joined(bucket, parts.path))


def _gcs(parts: SplitResult) -> Opened:
    from pyarrow import fs

    name, _, bucket = _user_and_host(parts)
    options = _options(parts, _GCS_OPTIONS)
    emulator = _variable("STORAGE_EMULATOR_HOST")
    scheme, host = _endpoint(options.get("endpoint_override") or emulator)
    files = fs.GcsFileSystem(
        # As for Google's own clients, an emulator asks for no credentials.
        anonymous=name == "anonymous" or (emulator is not None and "endpoint_override" not in options),
        scheme=options.get("scheme") or scheme or ("http" if emulator else None),
        endpoint_override=host,
        retry_time_limit=_GCS_PATIENCE,
    )
    return Opened("gs", files, _joined(bucket, parts.path))


def _azure(parts: SplitResult) -> Opened:
    """`abfs://container@account.dfs.core.windows.net/path`, or `abfs://container/path` where the environment names the account."""
    from pyarrow import fs

    container, password, host = _user_and_host(parts)
    options = _options(parts, _AZURE_OPTIONS)
    known = _connection_string()
    if container is None:
        container, account = host, known.get("AccountName") or _variable("AZURE_STORAGE_ACCOUNT")
    else:
        account = host.partition(".")[0]
    if not container or not account or (":" in host and parts.username):
        raise ValueError(
            "write abfs://container@account.dfs.core.windows.net/path, or abfs://container/path with "
            "AZURE_STORAGE_ACCOUNT or AZURE_STORAGE_CONNECTION_STRING in the environment"
        )
    if known.get("AccountName") != account:
        known = {}
    scheme, authority = _endpoint(known.get("BlobEndpoint"))
    found = options.get("blob_storage_authority") or (authority or host).partition("/")[0]
    # pyarrow takes one that begins with a dot for what follows the account's name, any other for a whole address.
    blob = found.removeprefix(account).replace(".dfs.", ".blob.") if "." in found else None
    if options.get("enable_tls") == "false":
        scheme = "http"
    key = password or known.get("AccountKey") or _variable("AZURE_STORAGE_KEY", "AZURE_STORAGE_ACCOUNT_KEY")
    token = known.get("SharedAccessSignature") or _variable("AZURE_STORAGE_SAS_TOKEN")
    files = fs.AzureFileSystem(
        account_name=account,
        account_key=key,
        sas_token=None if key or not token else f"?{token.lstrip('?')}",
        blob_storage_authority=blob,
        dfs_storage_authority=options.get("dfs_storage_authority")
        or (blob or "").replace(".blob.", ".dfs.")
        or None,
        blob_storage_scheme=scheme,
        dfs_storage_scheme=scheme,
    )
    return Opened("abfs", files, _joined(container, parts.path))


def _hdfs(place: str) -> Opened:
    from pyarrow import fs

    try:
        files, base = fs.FileSystem.from_uri(place)
    except OSError as error:
        if "libhdfs" not in str(error) and "libjvm" not in str(error):
            raise
        raise ValueError(
            "Hadoop's own client is not to be found on this machine: it takes libhdfs.so (ARROW_LIBHDFS_DIR or HADOOP_HOME), "
            "Java (JAVA_HOME) and Hadoop's classes (CLASSPATH)"
        ) from error
    return Opened("hdfs", files, base.rstrip("/"))


def _user_and_host(parts: SplitResult) -> tuple[str | None, str | None, str]:
    user, _, host = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    return unquote(name) or None, unquote(password) or None, host


def _joined(bucket: str, path: str) -> str:
    return f"{bucket}/{unquote(path).strip('/')}".rstrip("/")


def _options(parts: SplitResult, known: set[str]) -> dict[str, str]:
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    if options.keys() - known:
        raise ValueError(f"the URL has options that are not known; known are {', '.join(sorted(known))}")
    return options


def _endpoint(text: str | None) -> tuple[str | None, str | None]:
    """Scheme, where there is one, and the rest of an address."""
    scheme, _, host = (text or "").rpartition("://")
    return scheme or None, host.rstrip("/") or None


def _connection_string() -> Mapping[str, str]:
    """The fields of AZURE_STORAGE_CONNECTION_STRING; none where there is none."""
    items = (item.partition("=") for item in (_variable("AZURE_STORAGE_CONNECTION_STRING") or "").split(";"))
    return {name.strip(): value for name, equals, value in items if equals}


def _variable(*names: str) -> str | None:
    return next((os.environ[name] for name in names if os.environ.get(name)), None)
