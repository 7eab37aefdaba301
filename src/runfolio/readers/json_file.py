"""JSON files of other tools, whole ones: settings, results, states."""

from __future__ import annotations

from typing import Any

import msgspec

from runfolio.errors import ReadError
from runfolio.readers.json_lines import lenient_json
from runfolio.readers.reader import RunFiles


def parse_json(body: bytes) -> object:
    """The value; bare NaN and Infinity are understood. ValueError or RecursionError when broken."""
    try:
        return msgspec.json.decode(body)
    except ValueError:
        return lenient_json(body.decode("utf-8-sig"))


def read_json(files: RunFiles, path: str, slug: str = "broken-json") -> object:
    """The file's value.

    Raises:
        ReadError: it is no JSON.
    """
    try:
        return parse_json(files.read(path))
    except (ValueError, RecursionError) as error:
        raise broken_json(files, path, error, slug) from error


def broken_json(
    files: RunFiles, path: str, error: Exception | None = None, slug: str = "broken-json"
) -> ReadError:
    """What is said of a file that is no valid JSON."""
    return ReadError(
        f"{path.rpartition('/')[2]} is no valid JSON",
        slug=slug,
        path=files.place(path, getattr(error, "lineno", None)),
        hint="it may have been cut short while it was written; write it again, or remove it",
    )


def as_object(value: object) -> dict[str, Any]:
    """The value where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text_or_none(value: object) -> str | None:
    """The value where it is a text that is not empty, else None."""
    return value if isinstance(value, str) and value else None
