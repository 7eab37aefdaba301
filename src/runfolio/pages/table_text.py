"""A table as text for papers and spreadsheets: CSV, Markdown and LaTeX. The page's script writes the same
(assets/js/table_text.js); tests/table_cases.json holds both to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

#: What LaTeX does not take as it is.
_LATEX = {
    **{char: f"\\{char}" for char in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "−": "$-$",
    "±": r"$\pm$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "∞": r"$\infty$",
    "Δ": r"$\Delta$",
    "µ": r"$\mu$",
    "–": "--",
    "—": "---",
    "…": r"\ldots{}",
    "→": r"$\rightarrow$",
}
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~$])")


class TableForm(StrEnum):
    """The texts a table can be written as."""

    CSV = "csv"
    MARKDOWN = "markdown"
    LATEX = "latex"


@dataclass(frozen=True, slots=True)
class TextCell:
    """A cell as it is shown."""

    text: str
    half: str = ""
    """Half-width without ±; empty where there is none."""
    is_first: bool = False
    """Best or tied best: in bold."""
    raw: float | None = None
    """All digits, in shown units, where the text is a number."""
    raw_half: float | None = None


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column's heading, and whether its cells are numbers."""

    label: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table with what a reader must know to read it."""

    caption: str
    columns: tuple[TextColumn, ...]
    rows: tuple[tuple[TextCell, ...], ...]


def table_text(table: TextTable, form: TableForm) -> str:
    """The table in this form; ends with a line feed."""
    return {TableForm.CSV: csv_text, TableForm.MARKDOWN: markdown_text, TableForm.LATEX: latex_text}[form](
        table
    )


def csv_text(table: TextTable) -> str:
    """RFC 4180: all digits where they are known, a column of half-widths behind each column that has any, a plain minus."""
    halves = [any(row[at].half for row in table.rows) for at in range(len(table.columns))]
    head: list[str] = []
    for column, has_half in zip(table.columns, halves, strict=True):
        head += [column.label, f"{column.label} ±"] if has_half else [column.label]
    lines = [head]
    for row in table.rows:
        line: list[str] = []
        for cell, has_half in zip(row, halves, strict=True):
            line.append(_digits(cell.text, cell.raw))
            if has_half:
                line.append(_digits(cell.half, cell.raw_half))
        lines.append(line)
    return "".join(",".join(map(_quoted, line)) + "\r\n" for line in lines)


def markdown_text(table: TextTable) -> str:
    """A pipe table, numbers to the right, best and tied best in bold, the caption above."""
    lines = [_escaped(table.caption), ""] if table.caption else []
    lines.append(_row([_escaped(column.label) for column in table.columns]))
    lines.append(_row(["---:" if column.is_number else "---" for column in table.columns]))
    for row in table.rows:
        shown = [_escaped(cell.text + (f" ± {cell.half}" if cell.half else "")) for cell in row]
        lines.append(
            _row(
                [
                    f"**{text}**" if cell.is_first and text else text
                    for cell, text in zip(row, shown, strict=True)
                ]
            )
        )
    return "\n".join(lines) + "\n"


def latex_text(table: TextTable) -> str:
    """A booktabs tabular: mean $\\pm$ half-width, best and tied best in bold, the caption as a comment above."""
    kinds = "".join("r" if column.is_number else "l" for column in table.columns)
    lines = [f"% {_one_line(table.caption)}"] if table.caption else []
    lines += [r"% \usepackage{booktabs}", rf"\begin{{tabular}}{{{kinds}}}", r"\toprule"]
    lines.append(" & ".join(_guarded(column.label) for column in table.columns) + r" \\")
    lines.append(r"\midrule")
    for row in table.rows:
        lines.append(" & ".join(map(_latex_cell, row)) + r" \\")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"]) + "\n"


def latex_escaped(text: str) -> str:
    """The text as LaTeX shows it, on one line."""
    return "".join(_LATEX.get(char, char) for char in _one_line(text))


def _latex_cell(cell: TextCell) -> str:
    text = _guarded(cell.text)
    shown = rf"\textbf{{{text}}}" if cell.is_first and text else text
    return rf"{shown} $\pm$ {latex_escaped(cell.half)}" if cell.half else shown


def _guarded(text: str) -> str:
    """As `latex_escaped`; what starts with a bracket would be read as an argument of the line before it."""
    escaped = latex_escaped(text)
    return f"{{{escaped}}}" if escaped.startswith(("[", "*")) else escaped


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", _one_line(text))


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _digits(text: str, raw: float | None) -> str:
    if raw is not None:
        return repr(int(raw)) if raw == int(raw) and abs(raw) < 1e15 else repr(raw)
    return re.sub(r"−(?=[\d∞])", "-", _one_line(text))


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if re.search(r'[",\r\n]', text) else text
