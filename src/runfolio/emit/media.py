"""Files a run leaves behind, copied into its folder or referred to."""

# os.path instead of pathlib, which would double the import time.
# ruff: noqa: PTH105, PTH108, PTH110, PTH112, PTH117, PTH118, PTH119, PTH122, PTH123, PTH202
from __future__ import annotations

import os

from runfolio.emit.identity import safe_part
from runfolio.emit.record import place_in, replace_file
from runfolio.emit.values import clean
from runfolio.runlog import ARTIFACTS_DIR, GIT_DIFF

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

PLOTLY_TYPE = "application/vnd.plotly.v1+json"
_CHUNK = 1 << 20

#: Media types beyond those Python knows on every machine.
_TYPES = {
    ".md": "text/markdown",
    ".yaml": "text/yaml",
    ".yml": "text/yaml",
    ".toml": "text/x-toml",
    ".log": "text/plain",
    ".diff": "text/x-diff",
    ".patch": "text/x-diff",
    ".jsonl": "application/jsonl",
    ".parquet": "application/vnd.apache.parquet",
    ".onnx": "application/x-onnx",
    ".pt": "application/x-pytorch",
    ".pth": "application/x-pytorch",
    ".ckpt": "application/x-pytorch",
    ".safetensors": "application/x-safetensors",
    ".pkl": "application/x-pickle",
    ".joblib": "application/x-pickle",
    ".webp": "image/webp",
}
_KINDS = {
    "text/csv": "table",
    "text/tab-separated-values": "table",
    "application/vnd.apache.parquet": "table",
    "text/html": "html",
    "text/x-diff": "diff",
    "application/json": "text",
    "application/jsonl": "text",
    "application/pdf": "file",
    PLOTLY_TYPE: "figure",
    "application/x-onnx": "model",
    "application/x-pytorch": "model",
    "application/x-safetensors": "model",
    "application/x-pickle": "model",
}
KINDS = ("image", "figure", "table", "text", "html", "audio", "video", "model", "diff", "file")


def safe_name(name: str, step: int | None = None) -> str:
    """A relative posix path that cannot leave the folder; with a step, `loss.png` becomes `loss-10.png`."""
    parts = [part for part in map(safe_part, clean(name).replace("\\", "/").split("/")) if part] or [
        "artifact"
    ]
    if step is not None:
        stem, dot, suffix = parts[-1].rpartition(".")
        parts[-1] = f"{stem}-{step}.{suffix}" if dot and stem else f"{parts[-1]}-{step}"
    if f"{ARTIFACTS_DIR}/{parts[0]}".lower() == GIT_DIFF:
        # That is where the captured difference to the commit lies, or will lie.
        parts[0] = "git-artifact.diff"
    return "/".join(parts)


def media_type_of(name: str) -> str:
    """From the ending alone, the same on every machine; `application/octet-stream` where unknown."""
    known = _TYPES.get(os.path.splitext(name)[1].lower())
    if known is None:
        from mimetypes import MimeTypes

        # Without files: the system's own tables differ from machine to machine.
        known = MimeTypes(filenames=()).guess_type(name)[0]
    return known or "application/octet-stream"


def described(name: str, kind: str | None, media_type: str | None = None) -> dict[str, Any]:
    """The fields that name an artifact; the kind follows from the media type where none is given."""
    media_type = media_type or media_type_of(name)
    if kind not in KINDS:
        family = media_type.partition("/")[0]
        kind = _KINDS.get(media_type) or (family if family in ("image", "audio", "video", "text") else "file")
    return {"name": clean(name), "kind": kind, "media_type": media_type}


def kept(
    folder: str,
    source: str | os.PathLike[str] | bytes,
    name: str | None,
    kind: str | None,
    step: int | None,
    reference_above: int,
) -> Iterator[dict[str, Any]]:
    """Keep a file, each file of a folder, or a reference: the fields of one event each. Arguments as of `Run.artifact`."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        name = name or "artifact.bin"
        yield {"step": step, **described(name, kind), **store_bytes(folder, name, bytes(source), step)}
        return
    path = os.fspath(source)
    name = name or os.path.basename(path.rstrip("/\\")) or path
    if os.path.isdir(path):
        for inner in files_below(path):
            yield from kept(folder, os.path.join(path, inner), f"{name}/{inner}", kind, step, reference_above)
        return
    size = None if "://" in path else os.path.getsize(path)
    if size is None or size > reference_above:
        stored = refer(path, size_bytes=size)
    else:
        stored = store_file(folder, path, name, step)
    yield {"step": step, **described(name, kind), **stored}


def store_bytes(folder: str, name: str, content: bytes, step: int | None) -> dict[str, Any]:
    """Write the content into the run's artifacts; where it lies, its size and digest."""
    import hashlib

    path = f"{ARTIFACTS_DIR}/{safe_name(name, step)}"
    replace_file(place_in(folder, path), content)
    return {"path": path, "size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def store_file(folder: str, source: str, name: str, step: int | None) -> dict[str, Any]:
    """Copy a file of any size into the run's artifacts; where it lies, its size and digest.

    A file that lies in the run's artifacts already stays where it is.
    """
    inside = os.path.relpath(os.path.realpath(source), os.path.realpath(os.path.join(folder, ARTIFACTS_DIR)))
    if not inside.startswith(os.pardir) and not os.path.isabs(inside):
        size, digest = _copy(source, None)
        return {
            "path": f"{ARTIFACTS_DIR}/{inside.replace(os.sep, '/')}",
            "size_bytes": size,
            "sha256": digest,
        }
    path = f"{ARTIFACTS_DIR}/{safe_name(name, step)}"
    target = place_in(folder, path)
    temporary = f"{target}.{os.getpid()}-{id(path)}.tmp"
    try:
        size, digest = _copy(source, temporary)
        os.replace(temporary, target)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)
    return {"path": path, "size_bytes": size, "sha256": digest}


def refer(source: str, *, size_bytes: int | None = None) -> dict[str, Any]:
    """An artifact that stays where it is; its bytes are not read."""
    if "://" in source:
        return {"uri": clean(source)}
    from pathlib import Path

    return {"uri": Path(source).resolve().as_uri(), "size_bytes": size_bytes}


def digest_of(path: str) -> str:
    """SHA-256 of a file's bytes; of a folder, that of the names and digests of the files in it."""
    import hashlib

    if not os.path.isdir(path):
        return _copy(path, None)[1]
    whole = hashlib.sha256()
    for name in files_below(path):
        whole.update(f"{digest_of(os.path.join(path, name))}  {name}\n".encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


def files_below(folder: str) -> list[str]:
    """Paths of the files in a folder relative to it, posix, sorted; links to folders are not followed."""
    return sorted(
        os.path.relpath(os.path.join(place, name), folder).replace(os.sep, "/")
        for place, _, names in os.walk(folder)
        for name in names
    )


def _copy(source: str, target: str | None) -> tuple[int, str]:
    """Read the source once, write it to the target if there is one: size and SHA-256."""
    import hashlib

    digest = hashlib.sha256()
    size = 0
    with open(source, "rb") as read, open(target or os.devnull, "wb") as write:
        while chunk := read.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            if target:
                write.write(chunk)
    return size, digest.hexdigest()
