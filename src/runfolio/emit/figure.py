"""Figures and tables as files among a run's artifacts."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from runfolio.emit.media import PLOTLY_TYPE, described, store_bytes
from runfolio.emit.values import clean, number_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

#: Above this many bytes an SVG drawing is slower to show than its picture.
_LARGEST_SVG = 1_000_000


def kept_figure(folder: str, figure: Any, name: str, step: int | None) -> dict[str, Any]:
    """Keep the figure; the fields of its event. TypeError when it is none."""
    content, ending, media_type = drawn(figure)
    kind = "figure" if media_type == PLOTLY_TYPE else "image"
    return _kept(folder, name, ending, content, step, kind, media_type)


def kept_table(folder: str, rows: Any, name: str, step: int | None) -> dict[str, Any]:
    """Keep the rows as CSV; the fields of its event. TypeError when they are none."""
    return _kept(folder, name, ".csv", tabulated(rows), step, "table", "text/csv")


def _kept(
    folder: str, name: str, ending: str, content: bytes, step: int | None, kind: str, media_type: str
) -> dict[str, Any]:
    stem = name.removesuffix(ending)
    file = (stem if step is None else f"{stem}-{step}") + ending
    stored = store_bytes(folder, file, content, None)
    return {"step": step, **described(stem, kind, media_type), **stored}


def drawn(figure: Any) -> tuple[bytes, str, str]:
    """Content, ending and media type of a figure: Plotly's as JSON, Matplotlib's as SVG, or PNG where that is smaller.

    TypeError for anything else. Matplotlib's axes and its pyplot module stand for their figure.
    """
    if hasattr(figure, "to_plotly_json"):
        return figure.to_json().encode("utf-8"), ".plotly.json", PLOTLY_TYPE
    if hasattr(figure, "gcf"):
        figure = figure.gcf()
    elif not hasattr(figure, "savefig"):
        figure = getattr(figure, "figure", figure)
    if not hasattr(figure, "savefig"):
        raise TypeError(f"{type(figure).__name__} is neither a Plotly nor a Matplotlib figure")
    import io

    picture = io.BytesIO()
    matplotlib: Any = sys.modules.get("matplotlib")
    # A fixed salt and no date: the same figure gives the same bytes.
    with matplotlib.rc_context({"svg.hashsalt": "runfolio"}):
        figure.savefig(picture, format="svg", metadata={"Date": None}, bbox_inches="tight")
    if picture.tell() <= _LARGEST_SVG:
        return picture.getvalue(), ".svg", "image/svg+xml"
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=150, bbox_inches="tight")
    return picture.getvalue(), ".png", "image/png"


def tabulated(rows: Any) -> bytes:
    """Rows as CSV: a data frame (`to_csv` or `write_csv`), a mapping name → column, or mappings, one a row.

    Columns stand in the order in which they first appear; a missing value is an empty field. TypeError for anything else.
    """
    if hasattr(rows, "to_csv"):
        numbered = type(getattr(rows, "index", None)).__name__ == "RangeIndex"
        return str(rows.to_csv(index=not numbered, lineterminator="\n")).encode("utf-8", "replace")
    if hasattr(rows, "write_csv"):
        return str(rows.write_csv()).encode("utf-8", "replace")
    import csv
    import io

    text = io.StringIO()
    records = list(_records(rows))
    columns = list(dict.fromkeys(name for record in records for name in record))
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([clean(column) for column in columns])
    writer.writerows([_cell(record.get(column)) for column in columns] for record in records)
    return text.getvalue().encode("utf-8", "replace")


def _records(rows: Any) -> Iterator[Mapping[Any, Any]]:
    if isinstance(rows, Mapping):
        names = list(rows)
        for values in zip(*(rows[name] for name in names), strict=True):
            yield dict(zip(names, values, strict=True))
        return
    if isinstance(rows, (str, bytes)) or not hasattr(rows, "__iter__"):
        raise TypeError(f"{type(rows).__name__} is neither rows nor a data frame")
    for row in rows:
        if not isinstance(row, Mapping):
            raise TypeError(f"a row must be a mapping from column to value, not {type(row).__name__}")
        yield row


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (str, bool)):
        return clean(value)
    text = number_text(value)
    return clean(value) if text is None else text.strip('"')
