"""Points in time as other tools write them."""

from __future__ import annotations

import math
from datetime import UTC, datetime

#: Numbers above it are milliseconds since 1970: as seconds they would lie 3,000 years ahead.
_MILLISECONDS = 1e11


def moment_of(value: object) -> datetime | None:
    """The moment in UTC, or None: an ISO text (without a zone it is UTC), or seconds or milliseconds since 1970."""
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
            return datetime.fromtimestamp(value / 1000 if value > _MILLISECONDS else value, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None


def seconds_between(start: datetime | None, end: datetime | None) -> float | None:
    """Seconds from start to end; None where one is unknown or the end comes first."""
    if start is None or end is None or end < start:
        return None
    return (end - start).total_seconds()


def unix_seconds(start: datetime | None) -> float:
    """Seconds since 1970; NaN where unknown, so that times counted from it are unknown too."""
    return math.nan if start is None else start.timestamp()
