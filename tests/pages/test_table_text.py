"""Tables as text: the shared cases, and LaTeX that a strict reader takes apart again."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from built import replicates, study_of
from hypothesis import given
from hypothesis import strategies as st
from test_leaderboard import board_of, suite_runs

from runfolio.pages.export_tables import board_table, comparison_table
from runfolio.pages.table_text import (
    TextCell,
    TextColumn,
    TextTable,
    csv_text,
    latex_escaped,
    latex_text,
    markdown_text,
)

CASES = json.loads((Path(__file__).parents[1] / "table_cases.json").read_text(encoding="utf-8"))

#: Commands of the text that stand for characters.
_COMMANDS = {
    "textbackslash": "\\",
    "textasciitilde": "~",
    "textasciicircum": "^",
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
    "ldots": "…",
}
_MATH = {
    "-": "−",
    r"\pm": "±",
    r"\times": "×",
    r"\cdot": "·",
    r"\leq": "≤",
    r"\geq": "≥",
    r"\infty": "∞",
    r"\Delta": "Δ",
    r"\mu": "µ",
    r"\rightarrow": "→",
}
_TOKEN = re.compile(r"\\[&%$#_{}]|\\([a-z]+)\{\}|\$([^$]+)\$|---?|[^\\$&%#_{}~^]", re.S)


def table_of(record: dict[str, Any]) -> TextTable:
    return TextTable(
        record["caption"],
        tuple(TextColumn(**column) for column in record["columns"]),
        tuple(tuple(TextCell(**cell) for cell in row) for row in record["rows"]),
    )


def read_latex(text: str) -> str:
    """The characters a LaTeX text shows; a character that LaTeX would take for a command of its own is an error."""
    shown, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        assert found, f"LaTeX stumbles at {text[at:]!r}"
        at = found.end()
        if found[1]:
            shown.append(_COMMANDS[found[1]])
        elif found[2]:
            shown.append(_MATH[found[2]])
        else:
            shown.append({"--": "–", "---": "—"}.get(found[0], found[0].removeprefix("\\")))
    return "".join(shown)


def read_cell(text: str) -> tuple[str, bool]:
    value, sign, half = (
        text.partition(r" $\pm$ ") if re.search(r" \$\\pm\$ [\d.]+$", text) else (text, "", "")
    )
    bold = re.fullmatch(r"\\textbf\{(.*)\}", value, re.S)
    inner = bold[1] if bold else value
    group = re.fullmatch(r"\{(.*)\}", inner, re.S)
    return read_latex((group[1] if group else inner) + sign + half), bold is not None


def read_tabular(text: str) -> tuple[str, list[list[tuple[str, bool]]]]:
    """Column kinds and cells of a booktabs tabular; anything else is an error."""
    lines = [line for line in text.splitlines() if not line.startswith("%")]
    opening = re.fullmatch(r"\\begin\{tabular\}\{([lr]+)\}", lines[0])
    assert opening and lines[1] == r"\toprule" and lines[3] == r"\midrule"
    assert lines[-2:] == [r"\bottomrule", r"\end{tabular}"] and text.endswith("\n")
    rows = []
    for line in [lines[2], *lines[4:-2]]:
        assert line.endswith(r" \\") and not line.startswith(("[", "*"))
        cells = re.split(r"(?<!\\)&", line[:-3])
        rows.append([read_cell(cell.strip(" ")) for cell in cells])
        assert len(cells) == len(opening[1])
    return opening[1], rows


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["table"]["caption"][:20])
def test_the_shared_cases(case: dict[str, Any]) -> None:
    table = table_of(case["table"])
    assert csv_text(table) == case["csv"]
    assert markdown_text(table) == case["markdown"]
    assert latex_text(table) == case["latex"]
    read_tabular(case["latex"])


@given(st.text())
def test_any_text_survives_latex(text: str) -> None:
    plain = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    # Hyphens in a row are dashes to LaTeX, as they are to whoever writes them.
    assert read_latex(latex_escaped(text)).replace("—", "---").replace("–", "--") == plain.replace(
        "—", "---"
    ).replace("–", "--")


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=4))
def test_any_table_is_a_table(texts: list[list[str]]) -> None:
    rows = tuple(tuple(TextCell(text, is_first=at == 1) for at, text in enumerate(row)) for row in texts)
    table = TextTable("", (TextColumn("a"), TextColumn("b", True)), rows)
    kinds, found = read_tabular(latex_text(table))
    assert kinds == "lr" and len(found) == len(rows) + 1
    lines = list(csv.reader(io.StringIO(csv_text(table), newline="")))
    assert len(lines) == len(rows) + 1 and all(len(line) == 2 for line in lines)
    for line in markdown_text(table).splitlines():
        assert len(re.findall(r"(?<!\\)\|", line)) == 3


def test_a_leaderboard_has_the_page_s_digits_and_bold_where_it_is_earned() -> None:
    board = board_of(study_of(suite_runs({"a": 0.0, "b": 0.05, "c": 0.05})))
    kinds, rows = read_tabular(latex_text(board_table(board)))
    assert kinds == "lrrrrr" and [text for text, _ in rows[0]][:3] == ["Method", "Mean of tasks", "Place"]
    for row, found in zip(board.rows, rows[1:], strict=True):
        shown = [*row.overall, *row.cells]
        numbers = [found[1], *found[3:]]
        assert [text for text, _ in numbers] == [f"{cell.value} ± {cell.half_width}" for cell in shown]
        assert [is_bold for _, is_bold in numbers] == [bool(cell.best) for cell in shown]
    assert not any(is_bold for row in rows[1:] for _, is_bold in row if row[0][0] == "a")


def test_a_comparison_is_never_bold_where_nothing_is_separated_from_nothing() -> None:
    study = study_of(replicates({"a": [0.1], "b": [0.2]}))
    assert study.comparison is not None
    _, rows = read_tabular(latex_text(comparison_table(study.comparison)))
    assert not any(is_bold for row in rows for _, is_bold in row) and "±" not in str(rows)
