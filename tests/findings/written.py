"""A finding from its text, and its prose as HTML."""

from __future__ import annotations

from collections.abc import Mapping

from runfolio.findings.answer import Answer, Answers
from runfolio.findings.document import Document, Prose
from runfolio.findings.html import prose_html
from runfolio.findings.reading import read_document


def read(text: str, *, html: bool = False) -> Document:
    return read_document("findings/x.md", "x", text, html=html)


def faults(text: str) -> list[str]:
    return [f"{fault.line}: {fault.message}" for fault in read(text).faults]


def shown(
    text: str,
    *,
    html: bool = False,
    values: Mapping[int, Answer] | None = None,
    targets: Mapping[str, str] | None = None,
) -> str:
    answers = Answers(values or {}, targets or {}, html)
    parts = [part for section in read(text, html=html).sections for part in section.parts]
    return "".join(
        prose_html(part, answers, lambda path: f"../{path}") for part in parts if isinstance(part, Prose)
    )
