"""What was written in Markdown, for templates: notes of runs, and the prose of findings."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from runfolio.findings.answer import Answer, Answers
from runfolio.findings.document import Prose
from runfolio.findings.html import prose_html, value_html
from runfolio.findings.notes import notes_html


def markdown(text: str) -> Markup:
    """A note as HTML, safe to put in a page: headings start at h3, and remote images become links."""
    return Markup(notes_html(text))


def finding_prose(prose: Prose, answers: Answers, rel: Callable[[str], str]) -> Markup:
    """Prose of a finding as HTML, with the answers to what it asks for; `rel` makes links relative to the page."""
    return Markup(prose_html(prose, answers, rel))


def live_value(answer: Answer, anchor: str, rel: Callable[[str], str]) -> Markup:
    """A live value that stands by itself."""
    return Markup(value_html(answer, f"{anchor}-value", rel))
