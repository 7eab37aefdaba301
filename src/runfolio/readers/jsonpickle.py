"""What jsonpickle wrote, as plain values: nothing is imported, made or run for it."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import numpy as np

_DEEPEST = 32
_SCALARS = frozenset("biuf")


def plain(value: object, depth: int = 0) -> Any:
    """The value with numpy's scalars as numbers and tuples and sets as lists; other objects are named in brackets."""
    if depth > _DEEPEST:
        return "(nested too deeply)"
    if isinstance(value, list):
        return [plain(item, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    marks = [key for key in value if isinstance(key, str) and key.startswith("py/")]
    if not marks:
        return {key.removeprefix("json://"): plain(item, depth + 1) for key, item in value.items()}
    for mark in ("py/tuple", "py/set"):
        if isinstance(value.get(mark), list):
            return plain(value[mark], depth + 1)
    if value.get("py/object") == "numpy.ndarray" and isinstance(value.get("values"), list):
        return value["values"]
    scalar = _scalar(value)
    if scalar is not None:
        return scalar
    name = value.get("py/object") or value.get("py/type") or value.get("py/function") or "object"
    return f"({name})"


def _scalar(value: dict[str, Any]) -> bool | int | float | None:
    """The number of a numpy scalar, written with its value or with its bytes."""
    plainly = value.get("value")
    if str(value.get("py/object")).startswith("numpy.") and isinstance(plainly, bool | int | float):
        return plainly
    try:
        made_by, arguments = value["py/reduce"][:2]
        if not made_by["py/type"].endswith("multiarray.scalar"):
            return None
        dtype, content = arguments["py/tuple"]
        kind = np.dtype(str(dtype["dtype"]))
        if kind.kind not in _SCALARS:
            return None
        number: bool | int | float = np.frombuffer(base64.b64decode(content["py/b64"]), kind)[0].item()
        return number
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, binascii.Error):
        return None
