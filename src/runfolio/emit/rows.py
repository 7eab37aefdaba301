"""One row of metrics as JSON text. This is the hot path: plain floats cost one lookup and one `repr`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from runfolio.emit.values import clean, flatten, number_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_MOST_NAMES = 100_000


class NameTexts(dict[object, str]):
    """Metric name → `, "name": ` as JSON, made once a name."""

    def __missing__(self, name: object) -> str:
        if len(self) >= _MOST_NAMES:  # a name a step would otherwise fill the memory
            self.clear()
        text = self[name] = f", {json.dumps(clean(name), ensure_ascii=False)}: "
        return text


def row_text(row: Mapping[Any, object], names: NameTexts, skipped: Callable[[str, object], None]) -> str:
    """The row's members, each with a comma before it; empty when the row holds no number.

    Args:
        row: metric → number, or a mapping of more metrics.
        names: the cache to use.
        skipped: is told name and value of what is no number.
    """
    parts = []
    for name, value in row.items():
        if type(value) is float and value - value == 0.0:
            parts.append(f"{names[name]}{value!r}")
            continue
        text = number_text(value)
        if text is None:
            return _mixed_row_text(row, names, skipped)
        parts.append(names[name] + text)
    return "".join(parts)


def _mixed_row_text(
    row: Mapping[Any, object], names: NameTexts, skipped: Callable[[str, object], None]
) -> str:
    parts = []
    for name, value in flatten(row).items():
        text = number_text(value)
        if text is None:
            skipped(name, value)
        else:
            parts.append(names[name] + text)
    return "".join(parts)
