"""What was read before is not parsed again, and that changes nothing."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.readers import growing_lines
from runfolio.readers.growing_lines import read_growing, remembering
from runfolio.readers.json_lines import Lines, read_lines

ROWS = st.sampled_from(
    [
        b'{"step": 1, "loss": 0.5}\n', b'{"step": 2, "loss": "NaN"}\n', b'{"loss": 1}\n', b'{"loss": "high"}\n', b"broken\n",
        b"\n", b'{"step": 3, "acc": {"top": 0.5}}\n', b'{"step": 4, "lo',
    ]
)  # fmt: skip


def by_metric(lines: Lines) -> object:
    rows: dict[str, list[tuple[float, float]]] = {}
    for layout in lines.layouts:
        for name, values in zip(layout.names, layout.values, strict=True):
            rows.setdefault(name, []).extend(zip(layout.index.tolist(), values.tolist(), strict=True))
    values = {name: repr(sorted(pairs)) for name, pairs in rows.items()}
    return values, lines.broken, lines.rows, lines.other, lines.is_torn


@given(st.lists(st.lists(ROWS, max_size=6), min_size=1, max_size=5))
def test_a_file_read_in_pieces_is_the_file_read_whole(pieces: list[list[bytes]]) -> None:
    with pytest.MonkeyPatch.context() as patch, remembering():
        patch.setattr(growing_lines, "_WORTH_BYTES", 0)
        body = b'{"step": 0, "loss": 1}\n'
        for piece in pieces:
            body += b"".join(piece)
            assert by_metric(read_growing(body)) == by_metric(read_lines(body))


def test_only_what_was_appended_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[int] = []
    monkeypatch.setattr(
        growing_lines, "read_lines", lambda body: parsed.append(len(body)) or read_lines(body)
    )
    body = b"".join(json.dumps({"step": i, "loss": 1 / (i + 1)}).encode() + b"\n" for i in range(5000))
    more = b'{"step": 5000, "loss": 0}\n'
    read_growing(body)
    read_growing(body)
    with remembering():
        read_growing(body)
        lines = read_growing(body + more)
        assert parsed == [len(body)] * 3 + [len(more)]
        np.testing.assert_array_equal(lines.layouts[0].values[0], np.arange(5001.0))
        changed = body.replace(b"0.5", b"0.7") + more
        assert by_metric(read_growing(changed)) == by_metric(read_lines(changed))
        assert by_metric(read_growing(body[: len(body) // 2])) == by_metric(
            read_lines(body[: len(body) // 2])
        )
    parsed.clear()
    read_growing(body + more)
    assert parsed == [len(body + more)]
