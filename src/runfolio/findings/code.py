"""Code with its words told apart by class; the colours are the theme's."""

from __future__ import annotations

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from runfolio.findings.text import escaped

_PLAIN = frozenset({"", "text", "txt", "plain", "output"})


def is_language(name: str) -> bool:
    """True where code of this name can be told apart, or is plain text."""
    if name in _PLAIN:
        return True
    try:
        get_lexer_by_name(name)
    except ClassNotFound:
        return False
    return True


def highlighted(text: str, language: str) -> str:
    """The code as HTML in a `<pre>`; escaped only, where the language is not known."""
    inner = escaped(text)
    if language not in _PLAIN and is_language(language):
        inner = highlight(text, get_lexer_by_name(language, stripnl=False), HtmlFormatter(nowrap=True))
    return f'<pre class="code" tabindex="0"><code>{inner.rstrip()}</code></pre>\n'
