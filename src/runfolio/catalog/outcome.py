"""What came of reading a claim, and how it is kept: a summary that is always loaded, and series that wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from runfolio.catalog.buckets import exact
from runfolio.model import BucketedSeries, FloatArray, Problem, Run

#: Raised when the digest of the same rows, or the form of the blobs, changes.
DIGEST_VERSION = 7


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run, or None when no reader wanted the files or they are broken; and what was wrong."""

    run: Run | None = None
    problems: tuple[Problem, ...] = ()
    refused: bool = False
    """No reader knows the files: they are left alone."""

    @property
    def is_lasting(self) -> bool:
        """False when the cause may vanish without a change of the files, such as permissions."""
        return all(problem.slug not in ("unreadable-file", "reader-died") for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Packed:
    """An outcome as bytes."""

    outcome: bytes
    series: bytes


@dataclass(frozen=True, slots=True)
class _PackedMetric:
    metric: str
    kept: bytes
    """Bit for each point of the frame; empty for all."""
    value: bytes
    mean: bytes
    """Empty where the buckets are the points."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """Metrics with the same buckets: what they share is kept once, and stays shared when it is loaded."""

    exact: bool
    step: bytes
    time: bytes
    bucket_step: bytes
    bucket_time: bytes
    bucket_count: bytes
    metrics: tuple[_PackedMetric, ...]


_outcomes = msgspec.msgpack.Decoder(Outcome)
_frames = msgspec.msgpack.Decoder(tuple[tuple[str, ...], tuple[_Frame, ...]])
_encode = msgspec.msgpack.encode


def pack(outcome: Outcome, series: Sequence[BucketedSeries]) -> Packed:
    """The outcome as bytes. Not compressed: floats of logs shrink by a tenth and cost more time than reading them."""
    alike: dict[int, list[BucketedSeries]] = {}
    for one in series:
        alike.setdefault(id(one.bucket_step), []).append(one)
    frames = tuple(_pack_frame(group) for group in alike.values())
    return Packed(_encode(outcome), _encode((tuple(one.metric for one in series), frames)))


def unpack_outcome(blob: bytes) -> Outcome:
    """The outcome; ValueError when the blob is damaged."""
    return _outcomes.decode(blob)


def unpack_series(blob: bytes) -> tuple[BucketedSeries, ...]:
    """The series in the order of the run's metrics; ValueError when the blob is damaged."""
    order, frames = _frames.decode(blob)
    by_name = {one.metric: one for frame in frames for one in _unpack_frame(frame)}
    return tuple(by_name[name] for name in order)


def _pack_frame(group: list[BucketedSeries]) -> _Frame:
    first = group[0]
    step, time = first.step, first.time
    if not first.exact:
        step, positions = np.unique(np.concatenate([one.step for one in group]), return_index=True)
        time = np.concatenate([one.time for one in group])[positions]
    metrics = tuple(
        _PackedMetric(
            one.metric, _bits(step, one), one.value.tobytes(), b"" if one.exact else one.bucket_mean.tobytes()
        )
        for one in group
    )
    own = () if first.exact else (first.bucket_step, first.bucket_time, first.bucket_count)
    bucket_step, bucket_time, bucket_count = (part.tobytes() for part in own) if own else (b"", b"", b"")
    return _Frame(
        first.exact, step.tobytes(), time.tobytes(), bucket_step, bucket_time, bucket_count, metrics
    )


def _bits(step: FloatArray, one: BucketedSeries) -> bytes:
    if one.exact:
        return b""
    kept = np.zeros(len(step), dtype=bool)
    kept[np.searchsorted(step, one.step)] = True
    return np.packbits(kept).tobytes()


def _unpack_frame(frame: _Frame) -> list[BucketedSeries]:
    step, time = np.frombuffer(frame.step), np.frombuffer(frame.time)
    if frame.exact:
        names = tuple(packed.metric for packed in frame.metrics)
        values = np.frombuffer(b"".join(packed.value for packed in frame.metrics)).reshape(
            len(names), len(step)
        )
        return exact(names, step, time, values)
    bucket_step, bucket_time = np.frombuffer(frame.bucket_step), np.frombuffer(frame.bucket_time)
    bucket_count = np.frombuffer(frame.bucket_count)
    result = []
    for packed in frame.metrics:
        at = np.flatnonzero(np.unpackbits(np.frombuffer(packed.kept, dtype=np.uint8), count=len(step)))
        result.append(
            BucketedSeries(
                packed.metric,
                step[at],
                time[at],
                np.frombuffer(packed.value),
                bucket_step,
                bucket_time,
                np.frombuffer(packed.mean),
                bucket_count,
                exact=False,
            )
        )
    return result
