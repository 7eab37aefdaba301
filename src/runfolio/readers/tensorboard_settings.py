"""What TensorBoard's plugin for hyperparameters keeps: a session's settings, its start, its end and how it ended."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from runfolio.model import ParameterValue, RunStatus
from runfolio.readers.flatten import parameter_of
from runfolio.readers.number import clean
from runfolio.readers.protobuf import BYTES, FIXED64, VARINT, fields, text
from runfolio.readers.tensorboard_values import number_at

_STARTED, _ENDED = 3 << 3 | BYTES, 4 << 3 | BYTES
_STATUSES = {1: RunStatus.FINISHED, 2: RunStatus.FAILED, 3: RunStatus.RUNNING}
#: A session without a name is called by the digest of its settings.
_DIGEST = re.compile(r"[0-9a-f]{64}")
_DEEPEST = 32


@dataclass(slots=True)
class Session:
    """One session; what it does not say is None."""

    parameters: dict[str, ParameterValue] = field(default_factory=dict)
    group: str | None = None
    started_at: float | None = None
    """Unix time, as `ended_at`."""
    ended_at: float | None = None
    status: RunStatus | None = None


def session_of(contents: Iterable[bytes]) -> Session:
    """The session that the contents of the plugin's records tell of. ValueError where they are no messages."""
    session = Session()
    for content in contents:
        for key, a, b in fields(content, 0, len(content)):
            if key == _STARTED:
                _start(content, a, b, session)
            elif key == _ENDED:
                session.status = session.status or RunStatus.FINISHED
                for inner, x, _ in fields(content, a, b):
                    if inner == 1 << 3 | VARINT:
                        session.status = _STATUSES.get(x, session.status)
                    elif inner == 2 << 3 | FIXED64:
                        session.ended_at = _moment(content, x)
    return session


def _start(content: bytes, start: int, end: int, session: Session) -> None:
    settings: dict[str, ParameterValue] = {}
    for key, a, b in fields(content, start, end):
        if key == 1 << 3 | BYTES:
            name, value = "", None
            for inner, x, y in fields(content, a, b):
                if inner == 1 << 3 | BYTES:
                    name = clean(text(content, x, y))
                elif inner == 2 << 3 | BYTES:
                    value = _value(content, x, y)
            settings[name or "unnamed"] = parameter_of(value)
        elif key == 4 << 3 | BYTES:
            group = text(content, a, b)
            session.group = None if _DIGEST.fullmatch(group) else clean(group) or None
        elif key == 5 << 3 | FIXED64:
            session.started_at = _moment(content, a)
    session.parameters.update(sorted(settings.items()))


def _moment(content: bytes, place: int) -> float | None:
    seconds = number_at(content, place, "<f8")
    return seconds if math.isfinite(seconds) and seconds > 0 else None


def _value(content: bytes, start: int, end: int, depth: int = 0) -> object:
    """A value of `google.protobuf.Value`, as JSON has it."""
    for key, a, b in fields(content, start, end):
        if key == 2 << 3 | FIXED64:
            return number_at(content, a, "<f8")
        if key == 3 << 3 | BYTES:
            return text(content, a, b)
        if key == 4 << 3 | VARINT:
            return bool(a)
        if key == 6 << 3 | BYTES and depth < _DEEPEST:
            return [
                _value(content, x, y, depth + 1)
                for inner, x, y in fields(content, a, b)
                if inner == 1 << 3 | BYTES
            ]
    return None
