"""What went wrong with a store, told without the words of a server: they repeat the keys that it refuses."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable
from typing import TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

#: Pauses before a failed request is tried again. S3's client tries twice by itself, those of the others for seconds.
_PAUSES_S = {"s3": (0.2, 0.6, 1.8)}
_PAUSES_ELSE_S = (0.4,)
_DENIED = re.compile(
    r"ACCESS_DENIED|INVALID_ACCESS_KEY|SIGNATURE_DOES_NOT_MATCH|INVALID_SIGNATURE|TOKEN|HTTP status 40[13]|[Pp]ermission"
    r"|PERMISSION_DENIED|UNAUTHENTICATED|Authentication|Authorization|InsufficientAccount|AccountIsDisabled"
)
_MISSING = re.compile(
    r"NO_SUCH_BUCKET|NO_SUCH_KEY|RESOURCE_NOT_FOUND|does not exist|NOT_FOUND|(Blob|Container|Path)NotFound",
    re.IGNORECASE,
)
_SECRET_NAME = re.compile(r"KEY|SECRET|TOKEN|PASSWORD|CREDENTIAL|CONNECTION_STRING", re.IGNORECASE)
#: How each client names the error of a server, and what it was about.
_NAMES = (
    re.compile(r"AWS Error ([A-Z_]+(?: \(HTTP status \d+\))?) during (\w+) operation"),
    re.compile(r"google::cloud::Status\(([A-Z_]+).*?function=(\w+)", re.DOTALL),
    re.compile(r"Azure Error: \[(\w+)\]()"),
)

Failure = tuple[str, str]
"""Kind (`missing`, `denied`, `wrong`, `failed`) and reason."""
_T = TypeVar("_T")


def pauses_s(kind: str) -> tuple[float, ...]:
    """How long to wait before each further try, for a kind of store: `s3`, `gs`, `abfs`, `hdfs`."""
    return _PAUSES_S.get(kind, _PAUSES_ELSE_S)


def tried(kind: str, work: Callable[[], _T]) -> _T:
    """What the work gives; what may be over soon is tried again."""
    for pause in pauses_s(kind):
        try:
            return work()
        except OSError as error:
            if failure_of(error, ())[0] != "failed":
                raise
            time.sleep(pause)
    return work()


def failure_of(error: Exception, urls: Iterable[str]) -> Failure:
    """Kind and reason of a failure, without the words of the server."""
    text = str(error)
    # A server's own words may repeat the key that it refuses: only the name of its error is taken.
    found = next((match for pattern in _NAMES if (match := pattern.search(text))), None)
    code = re.search(r"curlCode: \d+, ([\w ']+)", text)
    if found:
        reason = found[1] + (f" during {found[2]}" if found[2] else "") + (f": {code[1]}" if code else "")
    else:
        reason = without_secrets(text.splitlines()[0][:300] if text else type(error).__name__, urls)
    if isinstance(error, FileNotFoundError) or (found and _MISSING.search(found[1])):
        return "missing", "it is not there" if not found else reason
    if isinstance(error, PermissionError) or _DENIED.search(found[1] if found else text):
        return "denied", f"access was denied ({reason})"
    if isinstance(error, ValueError | ImportError | NotImplementedError):
        return "wrong", reason
    return "failed", reason


def without_secrets(text: str, urls: Iterable[str]) -> str:
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
