"""What templates may do with a value besides showing it: make a link relative, draw a chart, cut a name."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import Markup, escape

from runfolio.analysis.rounding import duration_text, four_digits, number_text
from runfolio.charts.chart import Chart, Shown, Sparkline, Strip
from runfolio.charts.parallel_coordinates import Parallel
from runfolio.charts.share_by_parameter import ShareBar
from runfolio.findings.text import plain
from runfolio.model import Cell, ColumnKind, Table
from runfolio.pages.figures import Figure
from runfolio.render.engines.plotly import live_figure
from runfolio.render.engines.svg import draw_chart, draw_sparkline
from runfolio.render.engines.svg_parallel import draw_parallel
from runfolio.render.engines.svg_share import draw_share
from runfolio.render.engines.svg_strip import draw_strip_axis, draw_strip_row

if TYPE_CHECKING:
    from runfolio.findings.answer import Answer, Answers
    from runfolio.findings.document import Prose

_JSON = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def middle(text: object, most: int) -> str:
    """At most `most` characters: a longer text loses its middle, because names differ at both ends."""
    words = plain(str(text))
    if len(words) <= most:
        return words
    head = (most - 1) // 2
    return f"{words[:head]}…{words[len(words) - (most - 1 - head) :]}"


def quoted(text: object) -> Markup:
    """A message's text; what stands between backticks is a name out of a file and shown as one."""
    parts = str(text).split("`")
    if len(parts) % 2 == 0:  # one is left over: it belongs to the words
        parts[-2:] = ["`".join(parts[-2:])]
    code = (
        f"<code>{escape(part)}</code>" if place % 2 else str(escape(part)) for place, part in enumerate(parts)
    )
    return Markup("".join(code))


def relative(target: str, page: str) -> str:
    """The path from a page to a file of the site, both given from the site's root; a fragment stays."""
    path, mark, fragment = target.partition("#")
    return _way(path, posixpath.dirname(page)) + mark + fragment


@lru_cache(maxsize=4096)
def _way(path: str, folder: str) -> str:
    return quote(posixpath.relpath(path, folder or "."), safe="/.-_~")


def script_json(value: object) -> Markup:
    """JSON for a data block: nothing in it can end the block or start markup."""
    return json_text(_JSON.encode(value))


def json_text(text: str) -> Markup:
    """JSON that is text already, made safe for a data block."""
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(safe.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def figure_data(figure: Figure) -> Markup:
    """The live figure's description."""
    return script_json(live_figure(figure.chart, figure.shown, figure.sources))


def data_table(table: Table, caption: str = "") -> Markup:
    """A table's values as an HTML table: numbers right, missing values as a dash."""
    kinds = [_number_class(column.kind) for column in table.columns]
    # Where all columns are numbers the table says so, not each of its cells: charts have many.
    is_all_numbers = all(kinds)
    if is_all_numbers:
        kinds = [""] * len(kinds)
    head = "".join(
        f'<th scope="col"{kind}>{escape(middle(column.label, 60))}</th>'
        for kind, column in zip(kinds, table.columns, strict=True)
    )
    columns = [
        _cells(values, kind, column.decimals)
        for values, kind, column in zip(zip(*table.rows, strict=True), kinds, table.columns, strict=False)
    ]
    body = "".join([f"<tr>{''.join(row)}</tr>" for row in zip(*columns, strict=True)])
    title = f'<caption class="hidden-text">{escape(middle(caption or "Data", 120))}</caption>'
    name = "table numbers" if is_all_numbers else "table"
    return Markup(f'<table class="{name}">{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')


def _number_class(kind: ColumnKind) -> str:
    return "" if kind in (ColumnKind.TEXT, ColumnKind.TIME) else ' class="number"'


def _cells(values: tuple[Cell, ...], kind: str, decimals: int | None) -> list[str]:
    """A column's cells."""
    # Only of one type are equal values written alike: 1 and 1.0 are not.
    if all(value is None or type(value) is float for value in values):
        return _number_cells(values, kind, decimals)
    return [f"<td{kind}>{_cell(value, decimals)}</td>" for value in values]


@lru_cache(maxsize=1024)
def _number_cells(values: tuple[Cell, ...], kind: str, decimals: int | None) -> list[str]:
    """Remembered: the pages of replicates show each other's numbers."""
    return [f"<td{kind}>{_cell(value, decimals)}</td>" for value in values]


def _cell(value: Cell, decimals: int | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return four_digits(value) if decimals is None else number_text(value, decimals)
    return str(escape(middle(value, 200)))


def svg(chart: Chart, shown: Shown) -> Markup:
    """The chart's picture."""
    return Markup(draw_chart(chart, shown))


def parallel(chart: Parallel) -> Markup:
    """Parallel coordinates."""
    return Markup(draw_parallel(chart))


def share_bar(bar: ShareBar) -> Markup:
    """A bar of importance with its interval."""
    return Markup(draw_share(bar))


def strip_row(strip: Strip, index: int) -> Markup:
    """One row of a dot strip."""
    return Markup(draw_strip_row(strip, index))


def strip_range(strip: Strip) -> Markup:
    """The axis over a column of dot strips."""
    return Markup(draw_strip_axis(strip))


def sparkline(spark: Sparkline) -> Markup:
    """A word-sized curve."""
    return Markup(draw_sparkline(spark))


def prose(text: str) -> Markup:
    """Markdown as HTML."""
    # Only a page with notes needs the parser, and most builds write none.
    from runfolio.render.markdown import markdown

    return markdown(plain(text))


def finding_prose(part: Prose, answers: Answers, rel: Callable[[str], str]) -> Markup:
    """Prose of a finding as HTML."""
    from runfolio.render.markdown import finding_prose

    return finding_prose(part, answers, rel)


def live_value(answer: Answer, anchor: str, rel: Callable[[str], str]) -> Markup:
    """A number that shows where it comes from."""
    from runfolio.render.markdown import live_value

    return live_value(answer, anchor, rel)


def before_anchor(href: str) -> str:
    """The page of a link, without the place in it."""
    return href.partition("#")[0]


FILTERS: Mapping[str, Callable[..., object]] = {
    "before_anchor": before_anchor,
    "chart_table": data_table,
    "data_table": data_table,
    "duration": duration_text,
    "figure_data": figure_data,
    "finding_prose": finding_prose,
    "json_data": json_text,
    "json_object": script_json,
    "live_value": live_value,
    "markdown": prose,
    "middle": middle,
    "quoted": quoted,
    "parallel": parallel,
    "plain": plain,
    "share_bar": share_bar,
    "sparkline": sparkline,
    "strip_range": strip_range,
    "strip_row": strip_row,
    "svg": svg,
}
