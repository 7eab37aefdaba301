"""Numbers and settings as JSON, duck-typed: numpy, torch and others are understood without being imported."""

from __future__ import annotations

import math
from collections.abc import Mapping

from runfolio.runlog import INFINITY, NAN, NEGATIVE_INFINITY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_DEEPEST = 32
_LARGEST_ARRAY = 1000


def float_text(value: float) -> str:
    """JSON text of a float: the shortest that reads back as the same; non-finite ones as strings."""
    if value - value == 0.0:
        return float.__repr__(value)
    return f'"{NAN if value != value else INFINITY if value > 0 else NEGATIVE_INFINITY}"'


def number_text(value: object) -> str | None:
    """JSON text of a number, None where `value` is none.

    Numbers are int, float, bool (as 1 and 0), whatever has an `item()` that gives one of them (numpy and torch
    scalars, arrays of one element) and whatever has `__float__` (Decimal, Fraction). Integers beyond 64 bits become floats.
    """
    if isinstance(value, float):
        return float_text(value)
    item = getattr(value, "item", None)
    if item is not None:
        try:
            value = item()
        except Exception:  # an array of several elements, or something else that is no number
            return None
    if isinstance(value, int):
        return int.__repr__(int(value)) if -(2**63) <= value < 2**63 else _converted(value)
    return _converted(value)


def _converted(value: Any) -> str | None:
    if not hasattr(type(value), "__float__"):
        return None
    try:
        return float_text(float(value))
    except OverflowError:
        return float_text(math.inf if value > 0 else -math.inf)
    except ValueError:  # a signalling NaN of decimal
        return float_text(math.nan)
    except Exception:
        return None


def step_number(value: Any) -> int | None:
    """The step as an integer, None where it is not whole."""
    try:
        whole = int(value)
        return whole if whole == value and -(2**63) <= whole < 2**63 else None
    except Exception:
        return None


def flatten(metrics: Mapping[Any, object], prefix: str = "") -> dict[str, object]:
    """Nested mappings as one, names joined with `/`; of equal names the last counts."""
    flat: dict[str, object] = {}
    for name, value in metrics.items():
        if isinstance(value, Mapping):
            flat.update(flatten(value, f"{prefix}{name}/"))
        else:
            flat[f"{prefix}{name}"] = value
    return flat


def clean(text: object) -> str:
    """Text that UTF-8 can hold: lone surrogates become question marks."""
    return str(text).encode("utf-8", "replace").decode("utf-8")


def settings(value: object) -> dict[str, object]:
    """Parameters as a JSON object, from a mapping, an argparse namespace, a dataclass or another object's attributes."""
    if not isinstance(value, Mapping):
        value = vars(value) if hasattr(value, "__dict__") else _fields(value)
    return {clean(name): plain(part) for name, part in value.items()}


def _fields(value: object) -> dict[str, object]:
    names = getattr(value, "__dataclass_fields__", None)
    if names is None:
        raise TypeError(f"parameters must be a mapping, not {type(value).__name__}")
    return {name: getattr(value, name) for name in names}


def plain(value: Any, depth: int = 0) -> object:
    """The value as JSON has it. The same setting gives the same text in every process: no addresses, no set order."""
    if value is None or isinstance(value, (bool, str, int, float)):
        return _plain_scalar(value)
    if depth >= _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {clean(name): plain(part, depth + 1) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part, depth + 1) for part in value]
    if isinstance(value, (set, frozenset)):
        return sorted((plain(part, depth + 1) for part in value), key=str)
    if hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        return {name: plain(part, depth + 1) for name, part in _fields(value).items()}
    return _plain_object(value)


def _plain_scalar(value: Any) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean(value.value if hasattr(value, "value") else value)
    if isinstance(value, int):
        return int(value) if -(2**63) <= value < 2**63 else clean(hex(value))
    return float(value) if math.isfinite(value) else float_text(value).strip('"')


def _plain_object(value: Any) -> object:
    if isinstance(value, type) or (callable(value) and hasattr(value, "__qualname__")):
        return clean(f"{value.__module__}.{value.__qualname__}")
    if hasattr(value, "tolist"):
        size = math.prod(getattr(value, "shape", ()))
        if size <= _LARGEST_ARRAY:
            return plain(value.tolist(), _DEEPEST - 8)
        return clean(f"array {tuple(value.shape)} {value.dtype}")
    text = number_text(value)
    if text is not None:
        return clean(value) if text.startswith('"') else float(text)
    if hasattr(value, "name") and hasattr(value, "value"):  # an enumeration's member
        return plain(value.value, _DEEPEST - 1)
    shown = clean(value)
    # The default text of an object holds its address, which would make equal configurations differ.
    return f"{type(value).__module__}.{type(value).__qualname__}" if " at 0x" in shown else shown
